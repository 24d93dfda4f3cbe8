import ApusCore
import CApusHTTP
import Glibc

/// One request and its answer at a time, by libcurl.
struct HTTPClient: Sendable {
    let settings: ServerSettings
    let cancellation: Cancellation
    /// Longer answers are refused.
    var answerLimit = 64 << 20

    /// What is sent.
    enum Body {
        case nothing
        case json(String)
        /// So many bytes of an open file.
        case file(Int32, size: Int64)
    }

    struct Answer {
        var status: Int
        var text: String
        var retryAfter: Int?
        var location: String
    }

    /// - Parameter url: the whole address.
    func send(_ method: String, _ url: String, _ body: Body = .nothing) throws(ServerError) -> Answer {
        guard !cancellation.isAsked else { throw .cancelled }
        var headers = ["User-Agent: apus", "Accept: */*"]
        var bytes = [UInt8]()
        var file: Int32 = -1, size: Int64 = 0
        switch body {
        case .nothing: break
        case .json(let text):
            headers.append("Content-Type: application/json")
            bytes = Array(text.utf8)
        case .file(let descriptor, let count):
            headers.append("Content-Type: application/octet-stream")
            (file, size) = (descriptor, count)
        }
        if case .bearer(let token) = settings.authentication { headers.append("Authorization: Bearer \(token)") }
        var answer = apus_http_answer()
        perform(method, url, headers, bytes, file: file, size: size, &answer)
        defer { apus_http_release(&answer) }
        return try read(answer)
    }

    private func perform(
        _ method: String, _ url: String, _ headers: [String], _ bytes: [UInt8], file: Int32, size: Int64,
        _ answer: inout apus_http_answer
    ) {
        var request = apus_http_request()
        let lines = CStrings(headers)
        let texts = CStrings([method, url])
        let basic = CStrings(credentials)
        let files = CStrings([settings.certificates ?? "", settings.clientCertificate ?? ""])
        (request.method, request.url) = (texts[0], texts[1])
        if basic.count == 2 { (request.user, request.password) = (basic[0], basic[1]) }
        if settings.certificates != nil { request.certificates = files[0] }
        if settings.clientCertificate != nil { request.client_certificate = files[1] }
        request.accepts_any_certificate = settings.acceptsAnyCertificate
        (request.file, request.file_size) = (file, size)
        (request.connect_timeout, request.timeout) = (settings.connectTimeout, settings.timeout)
        request.answer_limit = answerLimit
        request.is_cancelled = UnsafePointer(cancellation.flag)
        bytes.withUnsafeBufferPointer { buffer in
            if !buffer.isEmpty { (request.body, request.body_size) = (buffer.baseAddress, buffer.count) }
            lines.withPointers {
                request.headers = $0
                apus_http_send(&request, &answer)
            }
        }
        withExtendedLifetime((texts, basic, files)) {}
    }

    private var credentials: [String] {
        guard case .basic(let user, let password) = settings.authentication else { return [] }
        return [user, password]
    }

    private func read(_ answer: apus_http_answer) throws(ServerError) -> Answer {
        let message = text(of: answer.message)
        switch UInt32(answer.outcome) {
        case APUS_HTTP_ANSWERED.rawValue: break
        case APUS_HTTP_NOT_SENT.rawValue: throw cancellation.isAsked ? .cancelled : .unreachable(message)
        case APUS_HTTP_CERTIFICATE.rawValue: throw .certificate(message)
        case APUS_HTTP_TOO_LONG.rawValue: throw .notMLflow("more than \(answerLimit >> 20) MB")
        case APUS_HTTP_FILE.rawValue: throw .local("a file became shorter while it was sent")
        case APUS_HTTP_MISSING.rawValue: throw .noLibrary
        default: throw cancellation.isAsked ? .cancelled : .unanswered(message)
        }
        let bytes = UnsafeRawBufferPointer(start: answer.body, count: answer.body == nil ? 0 : answer.size)
        return Answer(
            status: Int(answer.status), text: String(decoding: bytes, as: UTF8.self),
            retryAfter: Int(text(of: answer.retry_after)), location: text(of: answer.location))
    }

    /// The text of a C array of characters.
    private func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// Breaks requests off from another thread.
public final class Cancellation: @unchecked Sendable {
    let flag: UnsafeMutablePointer<Int32>

    public init() {
        flag = .allocate(capacity: 1)
        flag.initialize(to: 0)
    }

    deinit { flag.deallocate() }

    public func ask() { flag.pointee = 1 }
    public var isAsked: Bool { flag.pointee != 0 }
}

/// Texts as C sees them, for as long as this object lives.
private final class CStrings {
    private var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) { pointers = texts.map { strdup($0) } + [nil] }

    deinit { for pointer in pointers { free(pointer) } }

    var count: Int { pointers.count - 1 }

    subscript(index: Int) -> UnsafePointer<CChar>? { UnsafePointer(pointers[index]) }

    func withPointers(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Void) {
        pointers.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
