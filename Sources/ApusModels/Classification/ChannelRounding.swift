/// The multiple of 8 nearest to `count`, at least 8 and never a tenth below it: how mobile networks choose channels.
func roundedChannels(_ count: Int) -> Int {
    let rounded = max(8, (count + 4) / 8 * 8)
    return rounded * 10 < count * 9 ? rounded + 8 : rounded
}
