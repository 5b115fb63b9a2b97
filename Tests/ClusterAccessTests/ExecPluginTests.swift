import ClusterAccess
import Foundation
import JSONTree
import Processes
import Secrets
import Testing

/// Which program is meant, what it is told, and what its answer means.
@Suite struct ExecPluginTests {
    struct Place: Sendable, CustomTestStringConvertible {
        var command: String
        var searchPath: String
        var there: [String]
        var found: String?
        var testDescription: String { "\(command) on \(searchPath)" }
    }

    @Test(arguments: [
        Place(command: "aws", searchPath: "/a:/b", there: ["/b/aws"], found: "/b/aws"),
        Place(
            command: "aws", searchPath: ".:bin:/b", there: ["./aws", "bin/aws", "aws"], found: nil),
        Place(
            command: "aws", searchPath: ".::/b", there: ["./aws", "/aws", "/b/aws"], found: "/b/aws"
        ),
        Place(
            command: "./sign", searchPath: "/b", there: ["/k/./sign", "./sign"], found: "/k/./sign"),
        Place(command: "bin/sign", searchPath: "/b", there: ["bin/sign"], found: nil),
        Place(command: "/x/sign", searchPath: "", there: ["/x/sign"], found: "/x/sign"),
        Place(command: "/x/sign", searchPath: "/b", there: ["/b/sign"], found: nil),
    ]) func isFound(_ place: Place) {
        let plugin = ExecPlugin(command: place.command, version: .first, folder: "/k")
        let found = plugin.program(searchPath: place.searchPath) { place.there.contains($0) }
        #expect(found == place.found)
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var flaw: String
    }

    private static let head =
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","#

    @Test(arguments: [
        Answer(testDescription: "nothing", text: "", flaw: "its answer is no JSON object"),
        Answer(testDescription: "no JSON", text: "s3cret", flaw: "its answer is no JSON object"),
        Answer(
            testDescription: "another kind", text: #"{"kind":"Secret"}"#,
            flaw: "its answer is no ExecCredential"),
        Answer(
            testDescription: "another version",
            text: #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}"#,
            flaw: "its answer is not of client.authentication.k8s.io/v1, which was asked for"),
        Answer(
            testDescription: "no status", text: head + #""x":1}"#, flaw: "its answer has no status"),
        Answer(
            testDescription: "an empty status", text: head + #""status":{"token":""}}"#,
            flaw: "its answer has neither token nor certificate"),
        Answer(
            testDescription: "half a certificate",
            text: head + #""status":{"token":"s3cret","clientKeyData":"s3cret"}}"#,
            flaw: "its answer has a certificate without key, or a key alone"),
        Answer(
            testDescription: "no PEM",
            text: head + #""status":{"clientCertificateData":"s3cret","clientKeyData":"s3cret"}}"#,
            flaw: "its certificate or key is no PEM"),
        Answer(
            testDescription: "no date",
            text: head + #""status":{"token":"s3cret","expirationTimestamp":"soon"}}"#,
            flaw: "its expirationTimestamp is no date"),
    ]) func isNoAnswer(_ answer: Answer) {
        let flaw = #expect(throws: ExecAnswerFlaw.self) {
            try ExecAnswer.read(Array(answer.text.utf8), version: .first)
        }
        #expect(flaw?.reason == answer.flaw)
    }

    @Test func anAnswerIsTaken() throws {
        let text =
            Self.head
            + #""status":{"token":"s3cret","expirationTimestamp":"2026-11-21T07:00:00+01:00"}}"#
        let answer = try ExecAnswer.read(Array(text.utf8), version: .first)
        #expect(answer.token == Secret("s3cret"))
        #expect(answer.expires == 1_795_240_800_000)
        #expect(!"\(answer)".contains("s3cret"))
    }
}
