/// Why a server could not start.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case addressInUse
        case notLoopback
        case forbidden
        /// The system's own number.
        case system(CInt)
    }

    package let code: Code
    /// Address and port.
    package let place: String

    package init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    private var meaning: String {
        switch code {
        case .addressInUse: "another program listens there"
        case .notLoopback: "not an address of this machine alone"
        case .forbidden: "this user may not listen there"
        case .system(let number): "cannot listen (system error \(number))"
        }
    }

    private var remedy: String {
        switch code {
        case .addressInUse: "stop the other program, or give another port (0: any free one)"
        case .notLoopback: "give 127.0.0.1 or ::1; this server has no passwords"
        case .forbidden: "give a port above 1023"
        case .system: "check the address, and how many files may be open (ulimit -n)"
        }
    }

    package var description: String {
        """
        server: \(meaning)
          where: \(place)
          do:    \(remedy)
        """
    }
}
