import Basics
import TestSupport
import Testing

@testable import Git

/// Who makes commits, and in which files git finds out.
@Suite struct GitIdentityTests {
    private func identity(_ environment: [String: String], _ configured: [String: String]) -> [String?] {
        let found = GitIdentity(.author, environment) { configured[$0] }
        return [found.name, found.email]
    }

    @Test func variablesComeFirstThenPairsThenFiles() {
        let files = ["user.name": "U", "user.email": "u@example.com"]
        #expect(identity([:], files) == ["U", "u@example.com"])
        #expect(
            identity([:], files.merging(["author.name": "A", "committer.email": "c"]) { $1 }) == [
                "A", "u@example.com",
            ])
        let pairs = [
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "User.Name", "GIT_CONFIG_VALUE_0": "P",
            "GIT_CONFIG_KEY_1": "user.email", "GIT_CONFIG_VALUE_1": "p@example.com",
        ]
        #expect(identity(pairs, files) == ["P", "p@example.com"])
        #expect(identity(pairs.merging(["GIT_CONFIG_COUNT": "1"]) { $1 }, files) == ["P", "u@example.com"])
        #expect(
            identity(pairs.merging(["GIT_AUTHOR_NAME": "V", "GIT_COMMITTER_NAME": "C"]) { $1 }, files)[0] == "V")
        #expect(identity(["EMAIL": "e@example.com"], ["user.name": "U"]) == ["U", "e@example.com"])
        #expect(identity(["GIT_CONFIG_COUNT": "x"], [:]) == [nil, nil])
    }

    @Test func variablesNameTheFiles() throws {
        #expect(ConfigurationPlaces { _ in nil }.areUsual)
        for (text, place) in [
            ("1", ConfigurationPlaces.Place.none), ("true", .none), ("0", .usual), ("", .usual), ("no", .usual),
        ] {
            #expect(ConfigurationPlaces { $0 == "GIT_CONFIG_NOSYSTEM" ? text : nil }.system == place, "\(text)")
        }
        let test = try TestRepository()
        let (mine, machine) = (test.directory.path + "/mine", test.directory.path + "/machine")
        try FileSystem.write(Array("[user]\n\tname = Mine\n[url \"/x/\"]\n\tinsteadOf = y:\n".utf8), to: mine)
        try FileSystem.write(Array("[user]\n\tname = Machine\n\temail = m@example.com\n".utf8), to: machine)
        let places = ConfigurationPlaces { ["GIT_CONFIG_GLOBAL": mine, "GIT_CONFIG_SYSTEM": machine][$0] }
        #expect(
            places
                == ConfigurationPlaces {
                    ["GIT_CONFIG_GLOBAL": mine, "GIT_CONFIG_SYSTEM": machine, "HOME": "/"][$0]
                })
        let repository = try Repository.open(test.path)
        try test.git("remote", "add", "origin", "y:z")
        try repository.takeConfiguration(from: places)
        #expect(repository.configString("user.name") == "Mine")
        #expect(repository.configString("user.email") == "m@example.com")
        #expect(try repository.remoteURL("origin") == "/x/z")
        try test.git("config", "user.name", "Own")
        #expect(repository.configString("user.name") == "Own")
        // What is not there says nothing, as git has it; what cannot be read is told.
        let missing = ConfigurationPlaces { ["GIT_CONFIG_GLOBAL": "", "GIT_CONFIG_NOSYSTEM": "1"][$0] }
        try repository.takeConfiguration(from: missing)
        #expect(repository.configString("user.email") == nil)
        try FileSystem.write(Array("[user\n".utf8), to: mine)
        #expect(throws: GitError.self) { try repository.takeConfiguration(from: places) }
    }
}
