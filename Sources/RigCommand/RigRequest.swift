internal import RealRig

/// What the command line asks for.
struct RigRequest: Sendable {
    enum Part: Hashable, Sendable {
        case test
        case sweep(seeds: ClosedRange<Int>)
        case only(String)
        case serve
        case list
    }

    var part = Part.test
    var parts = RigParts.usualFolder
    var theseus = ".build/release/theseus"
    var folder: String?
    var lanes = 16
    var keeps = false

    static let usage = """
        usage: theseus-rig [--only TEXT | --sweep SEEDS | --serve | --list]
                           [--parts DIR] [--theseus FILE] [--lanes N] [--keep DIR]

          (nothing)     every story once; what `make test-real` plays
          --only TEXT   the stories whose names hold TEXT
          --sweep N     N seeded runs through the proxy that errs; FIRST:N begins with that seed
          --serve       brings the parts up, prints where they are, and waits
          --list        names the stories
          --lanes N     so many stories at a time (16)
          --parts DIR   what scripts/real-parts printed
          --keep DIR    works in DIR and leaves everything there
        """

    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--serve": part = .serve
            case "--list": part = .list
            default:
                guard let value = rest.popFirst() else { return nil }
                switch word {
                case "--only": part = .only(value)
                case "--sweep":
                    let numbers = value.split(separator: ":").map { Int($0) ?? 0 }
                    guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0 > 0 }) else {
                        return nil
                    }
                    let first = numbers.count == 2 ? numbers[0] : 1
                    part = .sweep(seeds: first...(first + numbers[numbers.count - 1] - 1))
                case "--parts": parts = value
                case "--theseus": theseus = value
                case "--lanes":
                    guard let count = Int(value), (1...64).contains(count) else { return nil }
                    lanes = count
                case "--keep":
                    folder = value
                    keeps = true
                default: return nil
                }
            }
        }
    }
}
