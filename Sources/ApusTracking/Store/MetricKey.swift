/// Keys made of names that people gave.
public enum MetricKey {
    /// `name` with `_` in the place of what a key cannot have.
    public static func plain(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(200) {
            scalars.append(KeyRules.isKeyScalar(scalar) ? scalar : "_")
        }
        let text = String(scalars)
        return text.isEmpty || text == "." || text == ".." ? "_" : text
    }
}
