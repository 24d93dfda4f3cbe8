import ApusConfiguration
import ApusVision

extension Sidecar {
    /// What a model's own description says.
    init(_ description: ModelDescription) {
        let input = description.input
        var preprocess = Preprocessing()
        preprocess.size = [input.letterbox.width, input.letterbox.height]
        preprocess.fit = description.task == .classify ? .centerCrop : .letterbox
        preprocess.padding = Float(input.letterbox.padding)
        preprocess.upscale = input.letterbox.allowsUpscaling
        preprocess.channels = input.channelOrder == .bgr ? .bgr : .rgb
        preprocess.scale = Quotient(input.scale)
        (preprocess.mean, preprocess.std) = (OneOrMany(input.mean), OneOrMany(input.std))
        var probabilities = ClassifierFormat()
        probabilities.activation = Activation.none
        let decode: any OutputFormat = description.task == .classify ? probabilities : V8Format()
        self.init(preprocess: preprocess, decode: decode, labels: description.labels)
    }
}
