# make demo   a good release, then a bad one, in the embedded lab
# make test   everything that must hold
# make fuzz FOR=5m   libFuzzer at every reader of others' bytes, each for so long
# make test-real   the same promises on real parts: etcd, kube-apiserver, Envoy, Prometheus
#                  .ci/run calls the one and then the other
PREFIX ?= /usr/local
SWIFT ?= swift

# Swift's runtime within the binary; the C libraries are the system's.
release = $(SWIFT) build -c release --static-swift-stdlib
binary = .build/release/theseus
sweep = .build/release/theseus-sweep
rig = .build/release/theseus-rig

.PHONY: build demo test test-real sweep sweep-real fuzz lint install clean needs

build: needs
	$(release) --product theseus

demo: build
	scripts/demo $(binary)

# The tests themselves come last: their closing line is the last one.
test: needs lint
	@scripts/install-needs tests
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(release) --product theseus
	$(release) --product theseus-sweep
	SWIFT=$(SWIFT) scripts/test $(sweep)

# Everything, everywhere, for as long as it is given: make sweep FOR=1h
sweep: needs
	$(release) --product theseus-sweep
	$(sweep) --all $(if $(FOR),--for $(FOR))

# Real parts on loopback, and the real binary; see docs/REAL-RIG.md.
test-real: build
	scripts/real-parts
	$(release) --product theseus-rig
	$(rig) --theseus $(binary)

# As many seeded runs through a proxy that errs: make sweep-real SEEDS=200
SEEDS ?= 200
sweep-real: build
	scripts/real-parts
	$(release) --product theseus-rig
	$(rig) --theseus $(binary) --sweep $(SEEDS)

# Flows, kubeconfigs, answers of Prometheus, journals: make fuzz FOR=5m
fuzz: needs
	SWIFT=$(SWIFT) scripts/fuzz $(or $(FOR),1m)

lint: needs
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift

install: build
	install -D -m 755 -s $(binary) $(DESTDIR)$(PREFIX)/bin/theseus

clean:
	$(SWIFT) package clean

needs:
	@scripts/install-needs
