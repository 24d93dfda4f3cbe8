import Testing
@testable import ApusDigest

@Suite struct DigestTests {
    /// FIPS 180-2, appendix B; RFC 1321, appendix A.5.
    @Test func `matches the standards' examples`() {
        #expect(
            hexadecimal(SHA256.hash(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hexadecimal(SHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hexadecimal(MD5.hash(Array("message digest".utf8))) == "f96b697d7cb7938d525a2f31aaf161d0")
    }

    @Test func `pieces give the digest of the whole, and a copy goes its own way`() {
        var hasher = SHA256()
        hasher.update(Array("ab".utf8))
        var copy = hasher
        copy.update(Array("x".utf8))
        hasher.update(Array("c".utf8))
        #expect(hasher.finalized() == SHA256.hash(Array("abc".utf8)))
        #expect(copy.finalized() == SHA256.hash(Array("abx".utf8)))
    }
}
