internal import Basics
internal import Glibc

/// A socket that listens at an address of this machine.
struct ListeningSocket {
    let descriptor: Int32
    let port: Int

    /// `port` 0 takes a free one.
    init(host: String, port: Int) throws(ServerError) {
        let (family, bytes) = try Self.address(host, port)
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, flags, 0)
        guard descriptor >= 0 else { throw .address(place, FileError("open a socket at", place, errno)) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let isBound = bytes.withUnsafeBytes { raw in
            bind(descriptor, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) == 0
                && listen(descriptor, 1024) == 0
        }
        guard isBound else {
            let error = FileError("listen on", place, errno)
            close(descriptor)
            throw .address(place, error)
        }
        (self.descriptor, self.port) = (descriptor, Self.port(of: descriptor))
    }

    /// Whether only this machine can reach the address.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.") && (try? address(host, 0)) != nil
    }

    private static func address(_ host: String, _ port: Int) throws(ServerError) -> (Int32, [UInt8]) {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        if inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &four.sin_addr) == 1 {
            return (AF_INET, withUnsafeBytes(of: &four) { Array($0) })
        }
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = in_port_t(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { throw .unknownHost(host) }
        return (AF_INET6, withUnsafeBytes(of: &six) { Array($0) })
    }

    private static func port(of descriptor: Int32) -> Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // The port stands at the same place in both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(in_port_t(bigEndian: $0.pointee.sin_port))
            }
        }
    }
}
