internal import Basics
internal import Glibc

extension Directory {
    /// Copies a plain file with its permissions and its time; `nil` where it cannot be read, or is over `limit` bytes.
    ///
    /// Both share their blocks where the file system can do that.
    func copyFile(
        _ name: some Collection<UInt8>, to other: some Collection<UInt8>, in target: Directory, limit: Int
    ) throws(FileError) -> FileStatus? {
        guard let (file, status) = try? openFile(name) else { return nil }
        defer { close(file) }
        guard status.size <= limit else { return nil }
        let copy = withText(other) {
            openat(target.descriptor, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        guard copy >= 0 else { throw target.failure("create", other) }
        defer { close(copy) }
        let time = timespec(
            tv_sec: Int(status.modified / 1_000_000_000), tv_nsec: Int(status.modified % 1_000_000_000))
        try target.fill(copy, other, from: file, count: Int(status.size))
        guard fchmod(copy, mode_t(status.permissions & 0o777)) == 0, futimens(copy, [time, time]) == 0
        else { throw target.failure("write", other) }
        return status
    }

    /// The kernel's `FICLONE`.
    private static let cloneRequest: UInt = 0x4004_9409

    private func fill(
        _ copy: Int32, _ name: some Collection<UInt8>, from file: Int32, count: Int
    ) throws(FileError) {
        if count == 0 || ioctl(copy, Self.cloneRequest, file) == 0 { return }
        var left = count
        var piece = [UInt8](repeating: 0, count: min(left, 1 << 20))
        while left > 0 {
            let done = Glibc.read(file, &piece, min(left, piece.count))
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw failure("write", name) }
            if done == 0 { return }
            try FileSystem.writeAll(piece[..<done], to: copy, placeText(name))
            left -= done
        }
    }

    /// Whether these bytes stand anywhere in a plain file; what cannot be read might hold them.
    func mayHold(_ sought: [UInt8], in name: some Collection<UInt8>) -> Bool {
        guard !sought.isEmpty, let (file, status) = try? openFile(name) else { return true }
        defer { close(file) }
        guard status.size >= sought.count else { return false }
        var piece = [UInt8](repeating: 0, count: min(Int(status.size), 1 << 20) + sought.count)
        var filled = 0
        while true {
            let done = piece.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress! + filled, $0.count - filled)
            }
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { return true }
            if done == 0 { return false }
            filled += done
            if Self.holds(sought, in: piece[..<filled]) { return true }
            // What is sought may lie across two pieces.
            let kept = min(filled, sought.count - 1)
            piece.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + filled - kept, kept) }
            filled = kept
        }
    }

    private static func holds(_ sought: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var place = 0
            while let start = bytes.baseAddress, bytes.count - place >= sought.count {
                let room = bytes.count - place - sought.count + 1
                guard let found = memchr(start + place, Int32(sought[0]), room) else { return false }
                if memcmp(found, sought, sought.count) == 0 { return true }
                place = UnsafeRawPointer(found) - start + 1
            }
            return false
        }
    }
}
