// TestHooks — runs people's checks with a time limit, and says what came of them.
//
// Read in this order:
//   TestSpec       what a team wants run: its kind, and how its numbers are compared
//   TestContext    what a test is told: the run, the versions, the way in, the dark match
//   DarkExample    a request that a dark match lets through, worked out from the match
//   TestWork       the door of a kind: one execution -> a TestReport; and what is around it
//   TestRunner     the door of the room: keeps the time and compares, whatever happens
//   BaselineRule   whether numbers are worse than the recorded ones
//   BesideStable   whether they are worse than stable's, at the same time
//   Reach          polls through the mesh until the dark route does what it says
//
// The kinds, each in a file of its own:
//   CommandTest    a program: what it is given, and how its end is read (CommandEnding)
//   LoadTest       requests: how many, how quick, how good, and who answered
//   WebhookTest    a POST to a server of the team's
//   TCPTest        a bare connection
//   SSHTest        a command on another machine
//   JobTest        a Kubernetes Job; who runs it conforms to TestJobs
//
// TestResults      what a program says of its parts: JUnitReading (XMLReading), TAPReading, numbers
//
// Tests with side effects are given an identity (the Idempotency-Key); whether one may run again is
// decided elsewhere. Knows no Kubernetes, no journal and no steps.
//
// Limits. A load test counts its requests per version only if every answer says who gave it: by
// the dark route's header, or by a header that the flow names. Any other test may tell its counts
// among its numbers (OwnNumbers). Else its traffic is unknown, and the gates leave out the seconds in
// which it ran.

/// The response header that the dark route sets; its value is the run's id.
package let darkRouteHeader = "theseus-run"

/// The way into the mesh.
package struct GatewayAddress: Hashable, Sendable {
    /// Without a slash at its end.
    package let url: String
    /// The Host header, where it differs from the URL's.
    package let host: String?

    package init(url: String, host: String? = nil) {
        var url = url[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        self.url = String(url)
        self.host = host
    }

    /// The address of a path; one that is a whole URL stays as it is.
    func url(of path: String) -> String {
        if path.isEmpty { return url }
        if path.hasPrefix("http://") || path.hasPrefix("https://") { return path }
        return url + (path.hasPrefix("/") ? path : "/\(path)")
    }
}
