internal import CanaryEngine
internal import HTTPMessages
internal import Timekeeping

extension TestSpec {
    /// A bare connection: that it stands, and what comes back over it.
    package struct Talk: Hashable, Sendable {
        package var host: String
        package var port: Int
        /// With a handshake, and a certificate that must be good for the host.
        package var isSecure: Bool
        package var say: String?
        /// What must come back.
        package var hear: String?
        package var sendsRequests: Bool

        package init(
            _ host: String, port: Int, isSecure: Bool = false, say: String? = nil,
            hear: String? = nil, sendsRequests: Bool = true
        ) {
            self.host = host
            self.port = port
            self.isSecure = isSecure
            self.say = say
            self.hear = hear
            self.sendsRequests = sendsRequests
        }
    }
}

extension TestSpec.Talk: TestWork {
    func carryOut(_ place: TestPlace) async throws -> TestReport {
        guard let sockets = place.doors.sockets else {
            throw HookError(.noDoor, place: "tests.\(place.name)", detail: "a bare connection")
        }
        let began = place.time.now
        let traffic: OwnTraffic = sendsRequests ? .unknown : .none
        let talk = TCPTalk(
            host, port: port, isSecure: isSecure, say: Array((say ?? "").utf8),
            hear: hear.map { Array($0.utf8) }, timeout: place.timeLimit)
        do throws(HTTPFailure) {
            let heard = try await sockets.hold(talk)
            let took = place.time.now - began
            let what = hear == nil ? "connected" : "heard what was expected"
            return TestReport(
                passed: true, sentence: "\(talk.place): \(what)",
                measures: [
                    Measure("milliseconds", took.inMilliseconds),
                    Measure("bytes", Double(heard.count)),
                ], traffic: traffic)
        } catch {
            let detail = error.detail.isEmpty ? "" : " (\(error.detail))"
            return TestReport(
                passed: false, sentence: "\(talk.place): \(error.meaning)\(detail)",
                traffic: error.reached == .never ? .none : traffic)
        }
    }
}
