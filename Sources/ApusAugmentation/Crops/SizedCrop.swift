import ApusConfiguration
import ApusCore

/// A crop that is then brought to a size.
public protocol SizedCrop: FramingTransform {
    var size: ImageSize { get set }
    var resampling: Resampling { get set }
    var maskResampling: Resampling { get set }
    var areaUse: AreaUse { get set }
}

extension SizedCrop {
    public static var standardProbability: Double { 1 }

    mutating func bindSize(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.size(&size)
        var methods = (image: resampling, mask: maskResampling)
        try parameters.resampling(&methods.image, mask: &methods.mask)
        (resampling, maskResampling) = methods
        try parameters.areaUse(&areaUse)
    }
}
