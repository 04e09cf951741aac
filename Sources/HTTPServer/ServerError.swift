package import Basics

/// Why a server could not be started.
package enum ServerError: ExplainedError {
    case libraryMissing(reason: String)
    case address(String, FileError)
    /// What is no address of this machine.
    case unknownHost(String)
    case file(FileError)
    /// The library did not start, for the reason that it gave.
    case notStarted(reason: String)
    case noTLS(version: String)

    package var message: String {
        switch self {
        case .libraryMissing: "cannot load libmicrohttpd, which speaks HTTP"
        case .address(let place, _): "cannot listen on \(place)"
        case .unknownHost(let host): "'\(host)' is no address to listen on"
        case .file(let error): error.message
        case .notStarted: "the HTTP server did not start"
        case .noTLS(let version): "libmicrohttpd \(version) was built without TLS"
        }
    }

    package var causes: [String] {
        switch self {
        case .libraryMissing(let reason), .notStarted(let reason): reason.isEmpty ? [] : [reason]
        case .address(_, let error): [error.causes.first ?? error.message]
        case .file(let error): error.causes
        case .unknownHost, .noTLS: []
        }
    }

    package var hint: String? {
        switch self {
        case .libraryMissing: "install libmicrohttpd12"
        case .address: "is another server there already? choose another port"
        case .unknownHost: "give an IPv4 or IPv6 address, such as 127.0.0.1 or ::1, or 'localhost'"
        case .notStarted: "check that certificate and key are PEM files that belong together"
        case .file, .noTLS: nil
        }
    }
}
