internal import CMicroHTTPD
internal import HTTPMessages

/// One of libmicrohttpd's connections, borrowed for as long as its request lasts.
@safe struct MicroConnection {
    private let connection: OpaquePointer

    init(_ connection: OpaquePointer) { unsafe self.connection = connection }

    var number: Int { unsafe Int(bitPattern: theseus_mhd_socket_context(connection)) }

    var descriptor: CInt { unsafe theseus_mhd_socket(connection) }

    /// Takes it out of libmicrohttpd's sight.
    ///
    /// Only from within its callbacks.
    func suspend() { unsafe MHD_suspend_connection(connection) }

    func resume() { unsafe MHD_resume_connection(connection) }

    func header(_ name: String) -> String? {
        let found = unsafe MHD_lookup_connection_value(connection, .HEADER_KIND, name)
        return unsafe found.map { unsafe String(cString: $0) }
    }

    func headers() -> HTTPHeaders {
        var headers = HTTPHeaders()
        unsafe withUnsafeMutablePointer(to: &headers) { headers in
            _ = unsafe MHD_get_connection_values(
                connection, .HEADER_KIND, microHeader, UnsafeMutableRawPointer(headers))
        }
        return headers
    }

    /// Gives the answer, with its body or with `stream` as the body's source.
    ///
    /// Only from the access callback. False: a header line cannot be sent, or the answer comes too
    /// late.
    func queue(_ response: HTTPResponse, stream: ServerTurn? = nil) -> Bool {
        var headers = response.headers
        // What libmicrohttpd reckons itself.
        headers["content-length"] = nil
        headers["transfer-encoding"] = nil
        if case .tree = response.body, headers["content-type"] == nil {
            headers["Content-Type"] = "application/json"
        }
        let built = if let stream { unsafe Self.build(stream) } else { unsafe Self.build(response) }
        guard let built = unsafe built else { return false }
        defer { unsafe MHD_destroy_response(built) }
        for line in headers.lines {
            guard unsafe MHD_add_response_header(built, line.name, line.value) == .YES else {
                return false
            }
        }
        let status = CUnsignedInt(clamping: response.status)
        return unsafe MHD_queue_response(connection, status, built) == .YES
    }

    private static func build(_ response: HTTPResponse) -> OpaquePointer? {
        var bytes = response.body.bytes ?? []
        let count = bytes.count
        return unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe MHD_create_response_from_buffer(
                count, bytes.baseAddress, .RESPMEM_MUST_COPY)
        }
    }

    private static func build(_ stream: ServerTurn) -> OpaquePointer? {
        let context = unsafe Unmanaged.passUnretained(stream).toOpaque()
        return unsafe MHD_create_response_from_callback(
            UInt64.max, 16 << 10, microSupply, context, nil)
    }
}
