package import HTTPMessages

/// A check that a team owns.
package struct TestSpec: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case command(Command)
        case http(Load)
    }

    package var name: String
    package var kind: Kind
    /// By how much a number may be worse than the baseline's; 0.2 is 20 %.
    package var tolerance: Double
    /// Numbers of which more is better, beside those that are known to be so.
    package var higherIsBetter: [String]

    package init(
        _ name: String, _ kind: Kind, tolerance: Double = 0.2, higherIsBetter: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.tolerance = tolerance
        self.higherIsBetter = higherIsBetter
    }

    /// A program that runs beside us; exit 0 passes.
    package struct Command: Hashable, Sendable {
        /// The program, then what it is called with; no shell reads them.
        package var arguments: [String]
        /// Names of variables that it gets from our own environment; it gets no others.
        package var environment: [String]
        /// Where it runs; nil: where we do.
        package var folder: String?
        /// It may send requests through the mesh: gates leave out the seconds in which it ran.
        package var sendsRequests: Bool

        package init(
            _ arguments: [String], environment: [String] = [], folder: String? = nil,
            sendsRequests: Bool = true
        ) {
            self.arguments = arguments
            self.environment = environment
            self.folder = folder
            self.sendsRequests = sendsRequests
        }
    }

    /// Requests through the gateway.
    package struct Load: Hashable, Sendable {
        /// A path below the gateway's URL, or a whole URL.
        package var path: String
        package var method: String
        package var requests: Int
        /// At most so many at a time.
        package var concurrency: Int
        package var expect: ClosedRange<Int>
        package var headers: HTTPHeaders
        /// Sends what the dark match asks for; an answer of anybody but the candidate is an error.
        package var dark: Bool
        /// So many answers may be missing, or other than expected.
        package var maxErrors: Int
        /// A response header whose value is the version's label.
        package var versionHeader: String?
        /// The time limit of a single request.
        package var patience: Duration

        package init(
            _ path: String, method: String = "GET", requests: Int = 1, concurrency: Int = 1,
            expect: ClosedRange<Int> = 200...299, headers: HTTPHeaders = [:],
            dark: Bool = false, maxErrors: Int = 0, versionHeader: String? = nil,
            patience: Duration = .seconds(10)
        ) {
            self.path = path
            self.method = method
            self.requests = max(1, requests)
            self.concurrency = max(1, concurrency)
            self.expect = expect
            self.headers = headers
            self.dark = dark
            self.maxErrors = maxErrors
            self.versionHeader = versionHeader
            self.patience = patience
        }
    }
}
