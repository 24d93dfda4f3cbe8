import ApusTorch
import ApusVision

extension DetectionTarget {
    var forHead: HeadTruths.Target {
        HeadTruths.Target(
            image: image, label: label, centerX: centerX, centerY: centerY, width: width, height: height, angle: angle)
    }
}
