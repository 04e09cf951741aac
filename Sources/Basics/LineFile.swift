internal import Glibc

/// The lines of a file, read as they are wanted; `-` is standard input.
///
/// A sequence cannot throw: the reading ends early, and `failure` says why.
package final class LineFile: Sequence, IteratorProtocol {
    package private(set) var failure: FileError?
    private let path: String
    private let lineLimit: Int
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var place = 0
    private var isAtEnd = false

    package init(_ path: String, lineLimit: Int) throws(FileError) {
        (self.path, self.lineLimit) = (path, lineLimit)
        descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        guard path == "-" || !FileSystem.isDirectory(path) else {
            close(descriptor)
            throw FileError("read", path, EISDIR)
        }
    }

    deinit { if descriptor > 2 { close(descriptor) } }

    /// The next line without its end.
    package func next() -> [UInt8]? {
        while failure == nil {
            if let end = buffer[place...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { place = end + 1 }
                return Array(buffer[place..<end])
            }
            if isAtEnd {
                defer { place = buffer.count }
                return place < buffer.count ? Array(buffer[place...]) : nil
            }
            guard buffer.count - place <= lineLimit else {
                failure = FileError("read a line of", path, EFBIG)
                return nil
            }
            fill()
        }
        return nil
    }

    private func fill() {
        buffer.removeFirst(place)
        place = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { return }
        if count < 0 { failure = FileError("read", path, errno) }
        if count <= 0 { isAtEnd = true } else { buffer += chunk[..<count] }
    }
}
