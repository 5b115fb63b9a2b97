// ClusterAccess — a cluster as kubectl reaches it.
//
// Read in this order:
//   Kubeconfig         clusters, users and contexts as values; several files as one
//   KubeconfigReading  bytes -> Kubeconfig, or the line that is wrong
//   AccessDoors        what we need of the machine: files, variables, programs
//   AccessFinding      which kubeconfig, which context; a pod's own account where there is none
//   AccessPlan         where the API server is, how it is trusted, who we are: a value
//   ProxyChoice        which proxy, if any
//   Credential         who we are; ExecPlugin and ExecAnswer where a program says it
//   Keyring            the credential of the moment: read again, asked again, renewed
//   SignedTransport    puts it on every request; after a 401 once more with a new one
//   AccessError        what is wrong, where, what to do
//
// Secrets are `Secret`s: they print as three dots, and no error quotes what a file or a program says.
