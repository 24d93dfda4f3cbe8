import ApusONNX

extension Node {
    /// Before opset 7 shapes broadcast from `axis` on; without it, as NumPy's do.
    func requireNumPyBroadcasting() throws(GraphError) {
        guard let axis = try optionalInt("axis") else { return }
        throw .attributeValue("axis", expected: "none", found: "\(axis)", node: label)
    }
}
