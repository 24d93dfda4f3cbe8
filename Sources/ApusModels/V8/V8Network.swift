import ApusNN

/// A v8-style network that finds objects: the trunk that all share, and a last layer for its task.
public protocol V8Network: ObjectNetwork {
    var trunk: V8Trunk { get }
    /// Layer 22.
    var last: Module { get }
    /// The part of the last layer that gives boxes and class scores.
    var head: V8Head { get }
}

extension V8Network {
    /// All layers by their number.
    public var layers: [Module] { trunk.layers + [last] }
    public var strides: [Int] { V8Trunk.strides }
}
