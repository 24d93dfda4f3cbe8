import ApusConfiguration
import Testing

@testable import ApusAugmentation

@Suite struct ChannelTests {
    @Test(arguments: [
        ("- ToSepia", 4, "transforms[0]: ToSepia takes no images of 4 channels"),
        ("- HorizontalFlip\n- OneOf: [VerticalFlip, RandomRain]", 1, "transforms[1].transforms[1]: RandomRain"),
        ("- ToGray: {num_output_channels: 1}\n- ISONoise", 3, "ISONoise takes no images of 1 channels"),
        (
            "- SomeOf: {n: 2, transforms: [ISONoise, ToGray: {num_output_channels: 1}]}", 3,
            "ISONoise takes no images of 1"
        ),
        ("- SelectiveChannelTransform: {channels: [0], transforms: [ToSepia]}", 3, "ToSepia takes no images of 1"),
    ])
    func `a transform that does not take the images is named`(text: String, channels: Int, message: String) throws {
        let pipeline = try Pipeline(text, name: "t")
        #expect { try pipeline.check(channels: channels) } throws: { "\($0)".contains(message) }
    }

    @Test func `what takes them is fine`() throws {
        let pipeline = try Pipeline(
            "- ToRGB: {p: 1}\n- ToSepia\n- OneOf: [ISONoise, RandomFog]\n- ToGray\n- RandomSnow: {p: 0}", name: "t")
        try pipeline.check(channels: 1)
        try pipeline.check(channels: 3)
    }
}
