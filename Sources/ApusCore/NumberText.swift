import Glibc

extension Double {
    /// With `decimals` digits behind the point, as `printf`'s `%.*f`.
    public func text(decimals: Int) -> String { printed("%.*f", decimals) }

    /// With at most `digits` digits that matter, as `printf`'s `%.*g`.
    public func text(digits: Int) -> String { printed("%.*g", digits) }

    /// - Parameter format: one conversion of a `double` whose precision is an argument.
    private func printed(_ format: String, _ precision: Int) -> String {
        let arguments: [any CVarArg] = [Int32(clamping: precision), self]
        let length = Int(withVaList(arguments) { vsnprintf(nil, 0, format, $0) })
        return String(unsafeUninitializedCapacity: length + 1) { buffer in
            let bytes = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            return Int(withVaList(arguments) { vsnprintf(bytes, length + 1, format, $0) })
        }
    }
}
