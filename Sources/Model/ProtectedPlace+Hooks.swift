extension ProtectedPlace {
    /// What hook managers and editors run on commit, push, checkout or opening.
    static let hookManagers: [[ProtectedPlace]] = [
        at(
            ".vscode/tasks.json", for: "Visual Studio Code", .hookManager,
            "https://code.visualstudio.com/docs/debugtest/tasks"),
        at("**/.envrc", for: "direnv", .hookManager, "https://direnv.net/"),
        at(
            ".pre-commit-config.yaml", ".pre-commit-config.yml", ".pre-commit-hooks.yaml", for: "pre-commit",
            .hookManager, "https://pre-commit.com/"),
        at("prek.toml", for: "prek", .hookManager, "https://prek.j178.dev/configuration/"),
        at(
            ".husky/", ".huskyrc", ".huskyrc.*", "husky.config.*", for: "Husky", .hookManager,
            "https://typicode.github.io/husky/"),
        at(
            "lefthook.yml", "lefthook.yaml", "lefthook.toml", "lefthook.json", ".lefthook.yml", ".lefthook.yaml",
            ".lefthook.toml", ".lefthook.json", "lefthook-local.yml", "lefthook-local.yaml", "lefthook-local.toml",
            "lefthook-local.json", ".lefthook-local.yml", ".lefthook-local.yaml", ".lefthook-local.toml",
            ".lefthook-local.json", ".lefthook/", ".lefthook-local/", ".config/lefthook.*", for: "Lefthook",
            .hookManager, "https://lefthook.dev/configuration/"),
        at(
            ".lintstagedrc", ".lintstagedrc.*", "lint-staged.config.*", for: "lint-staged", .hookManager,
            "https://github.com/lint-staged/lint-staged"),
        at(
            ".simple-git-hooks.*", "simple-git-hooks.*", for: "simple-git-hooks", .hookManager,
            "https://github.com/toplenboren/simple-git-hooks"),
        at(".overcommit.yml", ".git-hooks/", for: "Overcommit", .hookManager, "https://github.com/sds/overcommit"),
        at(".githooks/", ".hooks/", for: "core.hooksPath", .hookManager, "https://git-scm.com/docs/githooks"),
        at("hk.pkl", ".config/hk.pkl", for: "hk", .hookManager, "https://hk.jdx.dev/configuration.html"),
        at(
            "captainhook.json", ".captainhook.json", for: "CaptainHook", .hookManager,
            "https://captainhook.info/configure.html"),
        at(
            "grumphp.yml", "grumphp.yaml", "grumphp.yml.dist", for: "GrumPHP", .hookManager,
            "https://github.com/phpro/grumphp"),
        at(
            "rusty-hook.toml", ".rusty-hook.toml", for: "rusty-hook", .hookManager,
            "https://github.com/swellaby/rusty-hook"),
        at(".cargo-husky/", for: "cargo-husky", .hookManager, "https://github.com/rhysd/cargo-husky"),
        at(".trunk/", for: "Trunk", .hookManager, "https://docs.trunk.io/code-quality/linters/configure-linters"),
        at(
            ".githooks.yaml", ".githooks.yml", for: "Githooks", .hookManager,
            "https://github.com/gabyx/Githooks"),
        at(
            ".nano-staged.*", "nano-staged.*", ".nanostagedrc", for: "Nano Staged", .hookManager,
            "https://github.com/usmanyunusov/nano-staged"),
        at(
            "commitlint.config.*", ".commitlintrc", ".commitlintrc.*", for: "commitlint", .hookManager,
            "https://commitlint.js.org/reference/configuration.html"),
        at(
            "cog.toml", for: "Cocogitto", .hookManager,
            "https://docs.cocogitto.io/guide/git_hooks.html"),
        at(
            "mise.toml", ".mise.toml", "mise.*.toml", ".mise.*.toml", ".config/mise.toml", ".config/mise/",
            "mise/", ".mise/", for: "mise", .hookManager,
            "https://mise.jdx.dev/hooks.html"),
        at(
            "devbox.json", for: "Devbox", .hookManager,
            "https://www.jetify.com/docs/devbox/configuration/"),
        at(
            "**/*.code-workspace", for: "Visual Studio Code", .hookManager,
            "https://code.visualstudio.com/docs/editing/workspaces/multi-root-workspaces"),
        at(
            ".zed/tasks.json", ".zed/debug.json", for: "Zed", .hookManager,
            "https://zed.dev/docs/tasks"),
        at(
            ".idea/", ".fleet/", for: "JetBrains IDEs", .hookManager,
            "https://www.jetbrains.com/help/idea/settings-tools-startup-tasks.html"),
        at(
            "**/.dir-locals.el", "**/.dir-locals-2.el", for: "Emacs", .hookManager,
            "https://www.gnu.org/software/emacs/manual/html_node/emacs/Directory-Variables.html"),
        at(
            "**/.nvim.lua", "**/.nvimrc", "**/.exrc", for: "Vim and Neovim", .hookManager,
            "https://neovim.io/doc/user/options.html"),
        at(
            "**/.gdbinit", "**/.lldbinit", for: "debuggers", .hookManager,
            "https://sourceware.org/gdb/current/onlinedocs/gdb.html/Init-File-in-the-Current-Directory.html"),
        at(
            ".claude/settings.json", ".claude/settings.local.json", ".claude/hooks/", for: "Claude Code",
            .hookManager,
            "https://code.claude.com/docs/en/hooks"),
        at(
            ".mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", for: "MCP servers", .hookManager,
            "https://code.claude.com/docs/en/mcp"),
        at(
            ".cursor/hooks.json", ".cursor/hooks/", ".cursor/environment.json", for: "Cursor", .hookManager,
            "https://cursor.com/docs/agent/hooks"),
        at(
            ".codex/", for: "Codex", .hookManager,
            "https://developers.openai.com/codex/config-basic"),
        at(
            ".gemini/settings.json", for: "Gemini CLI", .hookManager,
            "https://github.com/google-gemini/gemini-cli"),
        at(
            ".github/hooks/", for: "Copilot", .hookManager,
            "https://docs.github.com/en/copilot/concepts/agents/coding-agent/about-hooks"),
        at(
            ".kiro/hooks/", ".kiro/settings/", for: "Kiro", .hookManager,
            "https://kiro.dev/docs/hooks/"),
    ]
}
