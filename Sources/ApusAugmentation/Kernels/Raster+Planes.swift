import ApusVision

extension Raster {
    /// Each channel as a raster of its own.
    func planes() -> [Raster] {
        let count = channels
        return (0..<count).map { channel in
            mapped(
                channels: 1,
                uint8: { from, to in for index in to.indices { to[index] = from[index * count + channel] } },
                float32: { from, to in for index in to.indices { to[index] = from[index * count + channel] } })
        }
    }

    /// Planes of this raster's size and kind, interleaved.
    func joined(_ planes: [Raster]) -> Raster {
        let count = planes.count
        return mapped(
            channels: count,
            uint8: { _, to in
                for (channel, plane) in planes.enumerated() {
                    plane.read(
                        uint8: { for index in $0.indices { to[index * count + channel] = $0[index] } },
                        float32: { _ in })
                }
            },
            float32: { _, to in
                for (channel, plane) in planes.enumerated() {
                    plane.read(
                        uint8: { _ in },
                        float32: { for index in $0.indices { to[index * count + channel] = $0[index] } })
                }
            })
    }
}
