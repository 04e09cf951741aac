/// Where tools that are installed below a home directory keep what they run, so that programs find them behind the fence.
///
/// Only these directories are shown, and never what lies beside them: credentials, histories, configurations.
struct ToolchainHome: Sendable {
    let name: String
    /// What names the directory where it is not the usual one.
    let variable: String?
    /// Below the person's home.
    let directory: String
    /// What is shown of it; `.` for all of it.
    let parts: [String]
    /// Whether programs are told by the variable, since their own `HOME` is another one.
    let isTold: Bool

    init(
        _ name: String, _ variable: String? = nil, _ directory: String, _ parts: [String] = ["."],
        told: Bool = false
    ) {
        (self.name, self.variable, self.directory, self.parts, isTold) = (name, variable, directory, parts, told)
    }

    static let known: [ToolchainHome] = [
        ToolchainHome("rustup", "RUSTUP_HOME", ".rustup", told: true),
        ToolchainHome("cargo", "CARGO_HOME", ".cargo", ["bin", "registry", "git"]),
        ToolchainHome("pyenv", "PYENV_ROOT", ".pyenv", told: true),
        ToolchainHome("pipx", "PIPX_HOME", ".local/share/pipx", ["venvs", "shared", "py"]),
        ToolchainHome("uv", nil, ".local/share/uv", ["python", "tools"]),
        ToolchainHome("nvm", "NVM_DIR", ".nvm", ["versions", "alias", "nvm.sh", "nvm-exec"], told: true),
        ToolchainHome("fnm", "FNM_DIR", ".local/share/fnm", ["node-versions", "aliases"], told: true),
        ToolchainHome("volta", "VOLTA_HOME", ".volta", ["bin", "tools"], told: true),
        ToolchainHome("bun", "BUN_INSTALL", ".bun", ["bin", "install"]),
        ToolchainHome("deno", "DENO_INSTALL", ".deno", ["bin"]),
        ToolchainHome("go", "GOPATH", "go", ["bin", "pkg"]),
        ToolchainHome(
            "swiftly", "SWIFTLY_HOME_DIR", ".local/share/swiftly", ["bin", "toolchains", "config.json"], told: true
        ),
        ToolchainHome("swiftenv", "SWIFTENV_ROOT", ".swiftenv", ["shims", "versions", "bin", "libexec"]),
        ToolchainHome("sdkman", "SDKMAN_DIR", ".sdkman", ["bin", "candidates", "libexec", "src"], told: true),
        ToolchainHome("jenv", "JENV_ROOT", ".jenv", ["bin", "shims", "versions", "libexec"]),
        ToolchainHome(
            "rbenv", "RBENV_ROOT", ".rbenv", ["bin", "shims", "versions", "libexec", "plugins", "version"],
            told: true),
        ToolchainHome("rvm", "rvm_path", ".rvm", ["bin", "rubies", "gems", "wrappers", "environments"]),
        ToolchainHome(
            "nodenv", "NODENV_ROOT", ".nodenv", ["bin", "shims", "versions", "libexec", "version"], told: true),
        ToolchainHome(
            "goenv", "GOENV_ROOT", ".goenv", ["bin", "shims", "versions", "libexec", "version"], told: true),
        ToolchainHome(
            "asdf", "ASDF_DATA_DIR", ".asdf",
            ["bin", "lib", "libexec", "shims", "installs", "plugins", "asdf.sh"], told: true),
        ToolchainHome("mise", "MISE_DATA_DIR", ".local/share/mise", ["installs", "shims", "plugins"], told: true),
        ToolchainHome("ghcup", "GHCUP_INSTALL_BASE_PREFIX", ".ghcup", ["bin", "ghc", "hls", "env"]),
        ToolchainHome("elan", "ELAN_HOME", ".elan", ["bin", "toolchains", "settings.toml"], told: true),
        ToolchainHome(
            "dotnet", "DOTNET_ROOT", ".dotnet",
            ["dotnet", "host", "sdk", "shared", "packs", "tools", "sdk-manifests"], told: true),
        ToolchainHome("juliaup", "JULIAUP_DEPOT_PATH", ".julia", ["juliaup"]),
        ToolchainHome("nix", nil, ".nix-profile"),
    ]

    /// What lies beside a directory of programs that they do not run without.
    static let besidePrograms = [
        "lib", "lib32", "lib64", "libexec", "share", "include", "conf", "jmods", "jre", "release", "pyvenv.cfg",
        "VERSION",
        "go.env", "pkg",
    ]
    /// Names of directories of programs.
    static let ofPrograms: Set<String> = ["bin", "sbin", ".bin", "Scripts"]
    /// Directories that hold packages of a language whole, each with what it needs beside it.
    static let ofPackages: Set<String> = ["node_modules", "site-packages", "dist-packages"]
}
