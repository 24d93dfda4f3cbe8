import ApusConfiguration

extension Parameters {
    /// `height` and `width` under these keys, both required.
    mutating func sides(_ value: inout ImageSize) throws(ConfigurationError) {
        try require("height", "width")
        try integer("height", &value.height, in: 1...32_766)
        try integer("width", &value.width, in: 1...32_766)
    }

    /// `size: [height, width]`, required.
    mutating func size(_ value: inout ImageSize) throws(ConfigurationError) {
        try require("size")
        try size("size", &value)
    }

    mutating func resampling(_ image: inout Resampling, mask: inout Resampling) throws(ConfigurationError) {
        try code("interpolation", &image)
        try code("mask_interpolation", &mask)
    }

    mutating func border(
        _ border: inout BorderMode, fill image: inout Fill, mask: inout Fill
    ) throws(ConfigurationError) {
        try code("border_mode", &border)
        try fill("fill", &image)
        try fill("fill_mask", &mask)
    }

    /// `null` in the file is never.
    mutating func areaUse(_ value: inout AreaUse) throws(ConfigurationError) {
        var result = value
        try self.value(
            "area_for_downscale",
            read: { node throws(ConfigurationError) in result = node.isNull ? .never : try node.choice() },
            write: { result == .never ? .nothing : .text(result.rawValue) })
        value = result
    }
}
