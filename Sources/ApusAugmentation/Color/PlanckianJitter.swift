import ApusConfiguration
import ApusCore

/// Light of another colour temperature. For RGB; others stay.
///
/// Zini et al., *Planckian Jitter*, <https://arxiv.org/abs/2202.07993>.
public struct PlanckianJitter: RGBTransform {
    /// What shines, and its red, green and blue at temperatures 500 kelvin apart.
    public enum Mode: String, CaseIterable, Codable, Sendable {
        case blackbody, cied

        /// Of the first colour, in kelvin.
        var coldest: Int { self == .blackbody ? 3000 : 4000 }

        var colors: [[Double]] { self == .blackbody ? Self.blackbodies : Self.daylights }

        private static let blackbodies: [[Double]] = [
            [0.6743, 0.4029, 0.0013], [0.6281, 0.4241, 0.1665], [0.5919, 0.4372, 0.2513],
            [0.5623, 0.4457, 0.3154], [0.5376, 0.4515, 0.3672], [0.5163, 0.4555, 0.4103],
            [0.4979, 0.4584, 0.4468], [0.4816, 0.4604, 0.4782], [0.4672, 0.4619, 0.5053],
            [0.4542, 0.463, 0.5289], [0.4426, 0.4638, 0.5497], [0.432, 0.4644, 0.5681],
            [0.4223, 0.4648, 0.5844], [0.4135, 0.4651, 0.599], [0.4054, 0.4653, 0.6121],
            [0.398, 0.4654, 0.6239], [0.3911, 0.4655, 0.6346], [0.3847, 0.4656, 0.6444],
            [0.3787, 0.4656, 0.6532], [0.3732, 0.4656, 0.6613], [0.368, 0.4655, 0.6688],
            [0.3632, 0.4655, 0.6756], [0.3586, 0.4655, 0.682], [0.3544, 0.4654, 0.6878],
            [0.3503, 0.4653, 0.6933],
        ]

        private static let daylights: [[Double]] = [
            [0.5829, 0.4421, 0.2288], [0.551, 0.4514, 0.2948], [0.5246, 0.4576, 0.3488],
            [0.5021, 0.4618, 0.3941], [0.4826, 0.4646, 0.4325], [0.4654, 0.4667, 0.4654],
            [0.4502, 0.4681, 0.4938], [0.4364, 0.4692, 0.5186], [0.424, 0.47, 0.5403],
            [0.4127, 0.4705, 0.5594], [0.4023, 0.4709, 0.5763], [0.3928, 0.4713, 0.5914],
            [0.3839, 0.4715, 0.6049], [0.3757, 0.4716, 0.6171], [0.3681, 0.4717, 0.6281],
            [0.3609, 0.4718, 0.638], [0.3543, 0.4719, 0.6472], [0.348, 0.4719, 0.6555],
            [0.3421, 0.4719, 0.6631], [0.3365, 0.4719, 0.6702], [0.3313, 0.4719, 0.6766],
            [0.3263, 0.4719, 0.6826], [0.3217, 0.4719, 0.6882],
        ]
    }

    public enum Sampling: String, CaseIterable, Codable, Sendable { case uniform, gaussian }

    /// In kelvin.
    static let white = 6000
    static let hottest = 15_000

    public var mode = Mode.blackbody
    /// In kelvin; `nil` for all that the mode has.
    public var temperature: ClosedRange<Int>?
    public var sampling = Sampling.uniform

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("mode", &mode)
        var range = temperature
        let allowed = mode.coldest...Self.hottest
        try parameters.value(
            "temperature_limit",
            read: { node throws(ConfigurationError) in
                range = node.isNull ? nil : try node.wholeRange(single: .exactly, in: allowed)
            }, write: { range.map { .list([.integer($0.lowerBound), .integer($0.upperBound)]) } ?? .nothing })
        temperature = range
        if let range, !range.contains(Self.white) {
            throw parameters.problem("temperature_limit", "expected \(Self.white) to lie within, found \(range)")
        }
        try parameters.choice("sampling_method", &sampling)
    }

    /// The temperature, in kelvin.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Int? {
        guard sample.image.channels == 3 else { return nil }
        let range = temperature ?? mode.coldest...Self.hottest
        // Four draws in ten are colder than white.
        let bound = Double(stream.happens(0.4) ? range.lowerBound : range.upperBound)
        let reach = bound - Double(Self.white)
        let share = sampling == .uniform ? stream.uniform(0, 1) : min(abs(stream.normal()) / 3, 1)
        return Int(Double(Self.white) + share * reach)
    }

    public func apply(_ draw: Int, to image: inout Raster) {
        guard image.channels == 3 else { return }
        let color = Self.color(min(max(draw, mode.coldest), Self.hottest), mode)
        image.scale([color[0] / color[1], 1, color[2] / color[1]], offset: [0, 0, 0])
    }

    /// Between the nearest two of the mode.
    private static func color(_ temperature: Int, _ mode: Mode) -> [Double] {
        let (index, rest) = ((temperature - mode.coldest) / 500, Double((temperature - mode.coldest) % 500) / 500)
        let (left, right) = (mode.colors[index], mode.colors[min(index + 1, mode.colors.count - 1)])
        return zip(left, right).map { $0 * (1 - rest) + $1 * rest }
    }
}
