import CApusDigest

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
public struct SHA256: Sendable {
    private var state = DigestState(APUS_SHA256)

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&state) { state = state.copy() }
        state.update(bytes)
    }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// 32 bytes.
    public func finalized() -> [UInt8] { state.copy().finish() }

    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let state = DigestState(APUS_SHA256)
        state.update(bytes)
        return state.finish()
    }

    public static func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { hash($0) } }
}

/// MD5 (RFC 1321), for names that other tools derive from it; nothing is kept safe with it.
public enum MD5 {
    /// 16 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        let state = DigestState(APUS_MD5)
        bytes.withUnsafeBytes { state.update($0) }
        return state.finish()
    }
}

/// Lower-case digits, two a byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// Owns libcrypto's state. A value that holds it copies it before writing where it is shared.
private final class DigestState: @unchecked Sendable {
    private let handle: apus_digest

    init(_ kind: apus_digest_kind) { handle = DigestState.owned(apus_digest_create(Int32(kind.rawValue))) }

    private init(handle: apus_digest) { self.handle = handle }

    deinit { apus_digest_release(handle) }

    func copy() -> DigestState { DigestState(handle: DigestState.owned(apus_digest_copy(handle))) }

    func update(_ bytes: UnsafeRawBufferPointer) { apus_digest_update(handle, bytes.baseAddress, bytes.count) }

    func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { $1 = apus_digest_finish(handle, $0.baseAddress!) }
    }

    private static func owned(_ handle: apus_digest?) -> apus_digest {
        guard let handle else { preconditionFailure("libcrypto gave no digest: memory is short") }
        return handle
    }
}
