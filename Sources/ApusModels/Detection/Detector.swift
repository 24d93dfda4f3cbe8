/// A network that finds boxes in images.
public protocol Detector: ObjectNetwork where Output == DetectionOutput {}
