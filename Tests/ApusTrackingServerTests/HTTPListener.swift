import Glibc

@testable import ApusCore

/// A request as it came over the wire.
struct HTTPRequest {
    var method, path: String
    var query: [String: String] = [:]
    var headers: [String: String] = [:]
    var body: [UInt8] = []
}

/// What a listener does with a request.
enum HTTPReply {
    case answer(status: Int, body: String, headers: [String: String] = [:])
    /// Closes the connection without a word.
    case hangUp
    /// Sends these bytes, whatever they are, and closes.
    case bytes([UInt8])
    /// Sends an answer's beginning and then a byte every so many seconds.
    case drip(seconds: Double)
}

/// A small HTTP server on loopback in this process: one request a connection, one thread a request.
final class HTTPListener: @unchecked Sendable {
    let port: UInt16
    private let socket: Int32
    private let handler: @Sendable (HTTPRequest) -> HTTPReply
    private let isClosed = Mutex(false)

    init(port: UInt16 = 0, _ handler: @escaping @Sendable (HTTPRequest) -> HTTPReply) throws {
        self.handler = handler
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
        }
        guard bound == 0, listen(socket, 64) == 0 else { throw FileError("listen on", "loopback") }
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        (self.socket, self.port) = (socket, UInt16(bigEndian: address.sin_port))
        _ = Thread { [self] in accept() }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func close() {
        isClosed.withLock { $0 = true }
        shutdown(socket, Int32(SHUT_RDWR))
        Glibc.close(socket)
    }

    private func accept() {
        while !isClosed.withLock({ $0 }) {
            let connection = Glibc.accept(socket, nil, nil)
            guard connection >= 0 else { return }
            _ = Thread(stackSize: 1 << 20) { [self] in serve(connection) }
        }
    }

    private func serve(_ connection: Int32) {
        defer { Glibc.close(connection) }
        guard let request = readRequest(connection) else { return }
        switch handler(request) {
        case .answer(let status, let body, let headers):
            var text = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            write(Array((text + "\r\n" + body).utf8), to: connection)
        case .hangUp: break
        case .bytes(let bytes): write(bytes, to: connection)
        case .drip(let seconds):
            write(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{".utf8), to: connection)
            while write([0x20], to: connection) { usleep(UInt32(seconds * 1e6)) }
        }
    }

    @discardableResult
    private func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func readRequest(_ connection: Int32) -> HTTPRequest? {
        var bytes = [UInt8](), chunk = [UInt8](repeating: 0, count: 1 << 16)
        let gap = Array("\r\n\r\n".utf8)
        var head: Int?
        while head == nil {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
            head = bytes.indices.dropLast(3).first { Array(bytes[$0..<($0 + 4)]) == gap }
        }
        guard let head, var request = parse(String(decoding: bytes[..<head], as: UTF8.self)) else { return nil }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        bytes.removeFirst(head + 4)
        while bytes.count < length {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
        request.body = bytes
        return request
    }

    private func parse(_ head: String) -> HTTPRequest? {
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1)
        var request = HTTPRequest(method: String(words[0]), path: String(target[0]))
        for pair in target.count > 1 ? target[1].split(separator: "&") : [] {
            let parts = pair.split(separator: "=", maxSplits: 1).map { decoded(String($0)) }
            request.query[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            request.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        return request
    }
}

/// `%41` read as `A`.
func decoded(_ text: String) -> String {
    var bytes = [UInt8](), rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
