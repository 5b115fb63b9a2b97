// YAML — the files that people write, read with the place of everything in them; and written.
//
// Read in this order:
//   YAMLNode        one value, and where it stands
//   YAMLReader      bytes -> nodes, document by document
//   YAMLSchema      what a word without quotes means
//   YAMLError       what is wrong, and where
//   YAMLWriter      JSONTree -> text that every reader takes alike
//   YAMLParser      libyaml's parser, owned; the only file that touches C
//
// Reads the YAML of configuration: the core schema of YAML 1.2, keys that are text and differ.
// What that leaves out (merge keys, own tags, .inf) is refused with its place, never guessed at.
// Knows no flow files and no Kubernetes.
