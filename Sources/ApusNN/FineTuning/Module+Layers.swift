extension Module {
    /// The layers that freezing and layer-wise rates count: what this module is built of, lists taken apart, by path.
    ///
    /// A v8-style model has `model.0` to `model.22`, so that the numbers are those that its users know; a ResNet has
    /// `conv1`, `bn1`, `layer1.0`, … `fc`.
    public final var numberedLayers: [(path: String, module: Module)] {
        children.flatMap { child in Module.layers(child.module, path: child.name) }
    }

    private static func layers(_ module: Module, path: String) -> [(path: String, module: Module)] {
        guard let list = module as? ModuleList else { return [(path, module)] }
        return list.elements.enumerated().flatMap { layers($0.element, path: "\(path).\($0.offset)") }
    }
}
