extension WeightFile {
    /// The kind of file, by its content.
    static func format(of bytes: UnsafeRawBufferPointer) throws(CheckpointError) -> Format {
        if bytes.starts(with: "PK\u{3}\u{4}".utf8) || bytes.starts(with: "PK\u{5}\u{6}".utf8) { return .torchZip }
        // Before pickles: the length of a header may begin as they do.
        if SafetensorsFile.recognizes(bytes) { return .safetensors }
        if bytes.count >= 2, bytes[0] == 0x80, bytes[1] <= 5 { return .torchLegacy }
        if bytes.starts(with: "L119547037146038801333356L\n".utf8) { return .torchLegacy }
        for (offset, start, name, remedy) in foreign
        where bytes.count > offset && bytes[offset...].starts(with: start) {
            throw CheckpointError(at: offset, expected: known, found: name, remedy: remedy)
        }
        let first = bytes.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        throw CheckpointError(
            at: 0, expected: known, found: first.isEmpty ? "no bytes" : "the bytes \(first.joined(separator: " "))",
            remedy: "check that this is the file of weights, whole")
    }

    private static let known = "safetensors or a file of torch.save"

    private static let foreign: [(offset: Int, start: [UInt8], name: String, remedy: String)] = [
        (
            257, Array("ustar".utf8), "a tar archive, as PyTorch wrote before 2017",
            "load it with torch.load and save it again"
        ),
        (0, Array("version https://git-lfs".utf8), "a pointer of Git LFS", "fetch the file itself with 'git lfs pull'"),
        (0, Array("<".utf8), "a page of text, as a failed download leaves", "download the file again"),
        (0, [0x89, 0x48, 0x44, 0x46], "an HDF5 file", "convert it to safetensors"),
        (0, [0x1F, 0x8B], "a gzip archive", "unpack it first"),
    ]
}
