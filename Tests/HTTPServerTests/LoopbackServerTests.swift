import HTTPMessages
import HTTPServer
import Testing

/// Starting and stopping, and what a request's target means.
///
/// Whole exchanges are tried out in HTTPClientTests, against the client.
@Suite struct LoopbackServerTests {
    @Test(.timeLimit(.minutes(1))) func anAddressInUseIsSaid() async throws {
        // An address that no client of another test is given by chance.
        let address = "127.0.0.77"
        let first = try LoopbackServer(address: address) { _ in HTTPResponse(status: 200) }
        #expect(throws: ServerError(.addressInUse, place: "\(address):\(first.port)")) {
            try LoopbackServer(address: address, port: first.port) { _ in
                HTTPResponse(status: 200)
            }
        }
        first.stop()
        // Returns when the socket is closed, and the port is free again: at once but where another
        // test is just starting a program, whose fork holds all sockets until it becomes that.
        await first.serve()
        var second: LoopbackServer?
        while second == nil {
            second = try? LoopbackServer(address: address, port: first.port) { _ in
                HTTPResponse(status: 200)
            }
            await Task.yield()
        }
        #expect(second?.port == first.port)
    }

    @Test func ipv6HasALoopbackToo() throws {
        let server = try LoopbackServer(address: "::1") { _ in HTTPResponse(status: 200) }
        #expect(server.port > 0)
    }

    @Test(arguments: ["0.0.0.0", "192.0.2.1", "::", "localhost", "", "127.0.0.1; rm"])
    func onlyLoopbackIsListenedOn(address: String) {
        #expect(throws: ServerError(.notLoopback, place: "\(address):80")) {
            try LoopbackServer(address: address, port: 80) { _ in HTTPResponse(status: 200) }
        }
    }

    @Test func whoeverServesAndIsCancelledStops() async throws {
        let server = try LoopbackServer { _ in HTTPResponse(status: 200) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.serve() }
            group.cancelAll()
        }
        // The socket's end is not waited for here; a server that is told to stop twice is stopped.
        server.stop()
    }

    @Test(arguments: [
        (
            ServerError(.addressInUse, place: "127.0.0.1:7080"),
            """
            server: another program listens there
              where: 127.0.0.1:7080
              do:    stop the other program, or give another port (0: any free one)
            """
        ),
        (
            ServerError(.notLoopback, place: "0.0.0.0:80"),
            """
            server: not an address of this machine alone
              where: 0.0.0.0:80
              do:    give 127.0.0.1 or ::1; this server has no passwords
            """
        ),
        (
            ServerError(.forbidden, place: "127.0.0.1:80"),
            """
            server: this user may not listen there
              where: 127.0.0.1:80
              do:    give a port above 1023
            """
        ),
        (
            ServerError(.system(24), place: "127.0.0.1:80"),
            """
            server: cannot listen (system error 24)
              where: 127.0.0.1:80
              do:    check the address, and how many files may be open (ulimit -n)
            """
        ),
    ])
    func errorsHaveThreeLines(error: ServerError, text: String) {
        #expect(error.description == text)
    }

    struct Target: Sendable, CustomTestStringConvertible {
        let target: String
        let path: String
        let query: String?
        let parameters: [HTTPServerRequest.Parameter]

        var testDescription: String { target }
    }

    @Test(arguments: [
        Target(target: "/", path: "/", query: nil, parameters: []),
        Target(target: "/?", path: "/", query: "", parameters: []),
        Target(
            target: "/a%2Fb?c=d", path: "/a/b", query: "c=d",
            parameters: [.init(name: "c", value: "d")]),
        Target(
            target: "/a+b?c+d=e+f", path: "/a+b", query: "c+d=e+f",
            parameters: [.init(name: "c d", value: "e f")]),
        Target(
            target: "/?a=1&&a=2&b", path: "/", query: "a=1&&a=2&b",
            parameters: [
                .init(name: "a", value: "1"), .init(name: "a", value: "2"),
                .init(name: "b", value: ""),
            ]),
        Target(
            target: "/%zz%4?x=%C3%A4%", path: "/%zz%4", query: "x=%C3%A4%",
            parameters: [.init(name: "x", value: "ä%")]),
        Target(
            target: "/?labelSelector=app%3Dx%2Ctrack%21%3Dy", path: "/",
            query: "labelSelector=app%3Dx%2Ctrack%21%3Dy",
            parameters: [.init(name: "labelSelector", value: "app=x,track!=y")]),
    ])
    func targetsAreTakenApart(_ one: Target) {
        let request = HTTPServerRequest(method: "GET", target: one.target)
        #expect(request.path == one.path)
        #expect(request.query == one.query)
        #expect(request.parameters == one.parameters)
        #expect(request[parameter: "a"] == one.parameters.first { $0.name == "a" }?.value)
    }
}
