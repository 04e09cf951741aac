import Testing

/// Manifests as real projects have them, with the changes that a task is to make in them.
struct ManifestFixture: Sendable, CustomTestStringConvertible {
    let file: String
    let text: String
    /// The packages with their versions.
    let packages: [String: String]
    /// What is to become what; everything else stays as it is.
    let changes: [(String, String)]

    var testDescription: String { file }

    static let all = [
        requirements, pyproject, poetry, pipfile, setupConfig, packageJSON, cargo, goModule, gemfile, swiftPackage,
        pom, gradle, gradleKotlin, catalog, dockerfile, compose, preCommit, toolVersions,
    ]

    private static let requirements = ManifestFixture(
        file: "requirements-dev.txt",
        text: """
            # web
            requests[security,socks] >= 2.0 , < 3 ; python_version >= "3.8"  # http
            Flask_Login~=0.6.2
            django>=3.2,<4.0
            six
            --index-url https://example.com/requests==1.0
            git+https://example.com/x.git#egg=requests
            numpy==1.24.* \\
                ; platform_system == "Linux"
            requests-mock==1.0
            """,
        packages: [
            "Requests": "2.32.0", "flask-login": "0.7.0", "django": "4.2.1", "six": "1.17.0", "numpy": "2.1.0",
        ],
        changes: [
            (">= 2.0 , < 3 ;", ">= 2.32.0 , < 3 ;"), ("~=0.6.2", "~=0.7.0"), (">=3.2,<4.0", ">=4.2.1,<5.0"),
            ("six\n", "six==1.17.0\n"), ("==1.24.*", "==2.1.*"),
        ])

    private static let pyproject = ManifestFixture(
        file: "pyproject.toml",
        text: """
            [build-system]
            requires = ["setuptools>=61", 'wheel']

            [project]
            name = "web"
            dependencies = [
              "requests[socks]==2.31.0; python_version > '3.8'",  # http
              "rich @ https://example.com/rich.whl",
              'click~=8.0',
            ]
            [project.optional-dependencies]
            test = ["pytest>=7,<8", "requests-mock"]

            [dependency-groups]
            lint = ["ruff", {include-group = "x"}]

            [tool.uv]
            dev-dependencies = ["mypy==1.0"]

            """,
        packages: [
            "requests": "2.32.0", "click": "8.1.7", "pytest": "8.3.1", "setuptools": "70.0", "ruff": "0.5.0",
            "mypy": "1.10",
        ],
        changes: [
            ("==2.31.0;", "==2.32.0;"), ("'click~=8.0'", "'click~=8.1'"), (">=7,<8", ">=8.3.1,<9"),
            (">=61", ">=70.0"), ("\"ruff\"", "\"ruff==0.5.0\""), ("mypy==1.0", "mypy==1.10"),
        ])

    private static let poetry = ManifestFixture(
        file: "api/pyproject.toml",
        text: """
            [tool.poetry.dependencies]
            python = "^3.10"
            Django = "^4.1"
            requests = {version = "~2.28", extras = ["socks"]} # http
            httpx = [
                {version = "^0.23", python = "<3.8"},
                {version = ">=0.24", python = ">=3.8"},
            ]

            [tool.poetry.group.dev.dependencies]
            pytest = "*"

            """,
        packages: ["django": "5.0.1", "requests": "2.32.0", "httpx": "0.27.0", "pytest": "8.0.0"],
        changes: [
            ("\"^4.1\"", "\"^5.0.1\""), ("\"~2.28\"", "\"~2.32.0\""), ("\"^0.23\"", "\"^0.27.0\""),
            ("\">=0.24\"", "\">=0.27.0\""), ("\"*\"", "\"8.0.0\""),
        ])

    private static let pipfile = ManifestFixture(
        file: "Pipfile",
        text:
            "[packages]\nrequests = \"*\"\nflask = {version = \"==2.0\", extras = [\"async\"]}\n[dev-packages]\nblack=\"==23.1\"\n",
        packages: ["requests": "2.32.0", "flask": "3.0.0", "black": "24.1"],
        changes: [("\"*\"", "\"==2.32.0\""), ("\"==2.0\"", "\"==3.0.0\""), ("\"==23.1\"", "\"==24.1\"")])

    private static let setupConfig = ManifestFixture(
        file: "setup.cfg",
        text: """
            [metadata]
            name = requests
            [options]
            install_requires =
                requests >=2.0,<3; python_version<"4"
                # old
                six==1.15
            setup_requires = setuptools>=40
            [options.extras_require]
            test =
                pytest>=6

            """,
        packages: ["requests": "2.32.0", "six": "1.17.0", "pytest": "8.1", "setuptools": "70"],
        changes: [
            ("requests >=2.0,<3;", "requests >=2.32.0,<3;"), ("six==1.15", "six==1.17.0"),
            ("pytest>=6", "pytest>=8.1"), ("setuptools>=40", "setuptools>=70"),
        ])

    private static let packageJSON = ManifestFixture(
        file: "web/package.json",
        text: """
            {
            \t"name": "react",
            \t"dependencies": {"react": "^18.2.0", "lodash": "~4.17.0", "left-pad": "1.x"},
            \t"devDependencies": {
            \t\t"@types/node": ">=18.0.0 <20.0.0",
            \t\t"typescript": "latest"
            \t},
            \t"peerDependencies": {"react": ">=16"}
            }

            """,
        packages: [
            "react": "19.0.0", "lodash": "4.18.1", "left-pad": "2.3.0", "@types/node": "20.1.0",
            "typescript": "5.5.2",
        ],
        changes: [
            ("^18.2.0", "^19.0.0"), ("~4.17.0", "~4.18.1"), ("1.x", "2.x"),
            (">=18.0.0 <20.0.0", ">=20.1.0 <21.0.0"),
            ("\"latest\"", "\"5.5.2\""),
        ])

    private static let cargo = ManifestFixture(
        file: "Cargo.toml",
        text: """
            [package]
            name = "serde"
            version = "1.0.0"

            [dependencies]
            serde = { version = "1.0.150", features = ["derive"] }
            tokio = "=1.20.0"
            old = { package = "rand_core", version = "0.5" }
            shared = { workspace = true }
            [dev-dependencies]
            criterion = "0.4"
            [target.'cfg(unix)'.dependencies]
            nix = ">=0.26, <0.27"
            [workspace.dependencies.shared]
            version = "2"

            """,
        packages: [
            "serde": "1.0.200", "tokio": "1.38.0", "rand-core": "0.6.4", "criterion": "0.5.1", "nix": "0.29.0",
            "shared": "3.0.0",
        ],
        changes: [
            ("\"1.0.150\"", "\"1.0.200\""), ("\"=1.20.0\"", "\"=1.38.0\""), ("\"0.5\"", "\"0.6.4\""),
            ("\"0.4\"", "\"0.5.1\""),
            (">=0.26, <0.27", ">=0.29.0, <0.30"), ("version = \"2\"", "version = \"3.0.0\""),
        ])

    private static let goModule = ManifestFixture(
        file: "go.mod",
        text: """
            module example.com/web

            go 1.21

            require github.com/pkg/errors v0.9.0 // errors
            require (
            \tgolang.org/x/text v0.3.0 // indirect
            \t"golang.org/x/net" v0.1.0
            )
            replace golang.org/x/text v0.3.0 => ../text

            """,
        packages: ["github.com/pkg/errors": "0.9.1", "golang.org/x/text": "v0.16.0", "go": "1.22"],
        changes: [
            ("errors v0.9.0", "errors v0.9.1"), ("v0.3.0 // indirect", "v0.16.0 // indirect"),
            ("go 1.21", "go 1.22"),
        ])

    private static let gemfile = ManifestFixture(
        file: "Gemfile",
        text: """
            source "https://rubygems.org"
            gem "rails", "~> 7.0.4", ">= 7.0.4.1" # web
            gem 'puma', require: false
            gem("pg", '1.4')
              gem "rspec-rails", "< 6"
            # gem "rails", "1.0"

            """,
        packages: ["rails": "7.1.3", "puma": "6.4.2", "pg": "1.5.6", "rspec-rails": "6.1.0"],
        changes: [
            ("\"~> 7.0.4\", \">= 7.0.4.1\"", "\"~> 7.1.3\", \">= 7.1.3\""),
            ("'puma', require", "'puma', '6.4.2', require"),
            ("'1.4'", "'1.5.6'"), ("\"< 6\"", "\"< 7\""),
        ])

    private static let swiftPackage = ManifestFixture(
        file: "Package.swift",
        text: """
            // swift-tools-version: 6.0
            import PackageDescription
            let package = Package(
                name: "web",
                dependencies: [
                    // .package(url: "https://github.com/apple/swift-log", from: "0.0.1"),
                    /* no more: /* it is older */ .package(url: "https://github.com/apple/swift-log", from: "0.0.2") */
                    .package(path: "\\(home("x"))", name: #"a ")" b"#),
                    .package(url: "https://github.com/apple/swift-log.git", from: "1.5.0"),
                    .package(url: "https://github.com/apple/swift-nio", .upToNextMajor(from: "2.0.0")),
                    .package(url: "https://github.com/vapor/vapor", "4.0.0"..<"5.0.0"),
                    .package(
                        url: "https://github.com/pointfreeco/swift-tagged", /* ) */ exact: "0.10.0"),
                    .package(path: "../swift-log"),
                ])

            """,
        packages: [
            "swift-log": "1.6.1", "apple/swift-nio": "2.70.0", "https://github.com/vapor/vapor.git": "5.1.0",
            "swift-tagged": "v0.11.0",
        ],
        changes: [
            ("from: \"1.5.0\"", "from: \"1.6.1\""), ("from: \"2.0.0\"", "from: \"2.70.0\""),
            ("\"4.0.0\"..<\"5.0.0\"", "\"5.1.0\"..<\"6.0.0\""), ("exact: \"0.10.0\"", "exact: \"0.11.0\""),
        ])

    private static let pom = ManifestFixture(
        file: "service/pom.xml",
        text: """
            <?xml version="1.0"?>
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <!-- <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>1</version></dependency> -->
              <parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>
                <version>3.1.0</version></parent>
              <properties>
                <jackson.version>2.14.0</jackson.version>
              </properties>
              <dependencies>
                <dependency>
                  <groupId>com.fasterxml.jackson.core</groupId>
                  <artifactId>jackson-databind</artifactId>
                  <version>${jackson.version}</version>
                </dependency>
                <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version> 4.12 </version><scope>test</scope></dependency>
              </dependencies>
              <build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId><version>3.0.0</version></plugin></plugins></build>
            </project>

            """,
        packages: [
            "junit:junit": "4.13.2", "com.fasterxml.jackson.core:jackson-databind": "2.17.1",
            "org.springframework.boot:spring-boot-starter-parent": "3.3.0", "maven-surefire-plugin": "3.2.5",
        ],
        changes: [
            (" 4.12 ", " 4.13.2 "), (">2.14.0<", ">2.17.1<"), ("3.1.0", "3.3.0"),
            ("<version>3.0.0", "<version>3.2.5"),
        ])

    private static let gradle = ManifestFixture(
        file: "build.gradle",
        text: """
            plugins { id 'org.springframework.boot' version '3.1.0' }
            ext { guavaVersion = '31.0' }
            dependencies {
                implementation 'com.google.guava:guava:' + guavaVersion // left to people
                api "org.slf4j:slf4j-api:1.7.36@jar"
                testImplementation group: 'junit', name: 'junit', version: '4.12'
                runtimeOnly "com.h2database:h2:$h2Version"
                // api "org.slf4j:slf4j-api:1.0"
                api "org.slf4j:${name("x:y:z")}:1.0", 'it\\'s "junit:junit:1"'
            }
            def h2Version = "2.1.214"

            """,
        packages: [
            "org.springframework.boot": "3.3.0", "org.slf4j:slf4j-api": "2.0.13", "junit:junit": "4.13.2",
            "h2": "2.2.224",
        ],
        changes: [
            ("'3.1.0'", "'3.3.0'"), ("1.7.36@jar", "2.0.13@jar"), ("'4.12'", "'4.13.2'"), ("2.1.214", "2.2.224"),
        ])

    private static let gradleKotlin = ManifestFixture(
        file: "app/build.gradle.kts",
        text: """
            plugins { kotlin("jvm") version "1.9.0"; id("com.gradleup.shadow") version "8.0.0" }
            val ktor = "2.3.0"
            dependencies {
                implementation("io.ktor:ktor-server-core:${ktor}")
                /* once /* long ago */ implementation("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.0.0") */
                exclude("a".split('"'))
                implementation("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.7.0")
            }

            """,
        packages: [
            "io.ktor:ktor-server-core": "3.0.0", "kotlinx-coroutines-core": "1.8.1",
            "org.jetbrains.kotlin.jvm": "2.0.0",
        ],
        changes: [("\"2.3.0\"", "\"3.0.0\""), ("core:1.7.0", "core:1.8.1"), ("\"1.9.0\"", "\"2.0.0\"")])

    private static let catalog = ManifestFixture(
        file: "gradle/libs.versions.toml",
        text: """
            [versions]
            ktor = "2.3.0" # http
            [libraries]
            ktor-core = { module = "io.ktor:ktor-server-core", version.ref = "ktor" }
            guava = "com.google.guava:guava:31.0"
            h2 = { group = "com.h2database", name = "h2", version = "2.1" }
            [plugins]
            shadow = { id = "com.gradleup.shadow", version = "8.0.0" }

            """,
        packages: [
            "io.ktor:ktor-server-core": "3.0.0", "guava": "33.0", "com.h2database:h2": "2.2",
            "com.gradleup.shadow": "8.3.0",
        ],
        changes: [
            ("\"2.3.0\"", "\"3.0.0\""), ("guava:31.0", "guava:33.0"), ("\"2.1\"", "\"2.2\""),
            ("\"8.0.0\"", "\"8.3.0\""),
        ])

    private static let dockerfile = ManifestFixture(
        file: "deploy/Dockerfile.web",
        text: """
            # syntax=docker/dockerfile:1
            ARG NODE_VERSION=18.1
            FROM --platform=linux/amd64 python:3.11-slim AS build
            FROM node:${NODE_VERSION}-alpine as web
            COPY --from=ghcr.io/astral-sh/uv:0.1.0 /uv /bin/uv
            COPY --from=build /x /x
            FROM build
            FROM localhost:5000/team/base:1.0
            from docker.io/library/redis

            """,
        packages: [
            "python": "3.12", "node": "20.3", "ghcr.io/astral-sh/uv": "0.2.5", "localhost:5000/team/base": "1.1",
            "docker:redis": "7.2",
        ],
        changes: [
            ("python:3.11-slim", "python:3.12-slim"), ("18.1", "20.3"), ("uv:0.1.0", "uv:0.2.5"),
            ("base:1.0", "base:1.1"), ("/redis", "/redis:7.2"),
        ])

    private static let compose = ManifestFixture(
        file: "docker-compose.prod.yml",
        text: """
            services:
              db:
                image: "postgres:15.2-alpine"   # data
              cache: {image: redis:6}
              web:
                build: .

            """,
        packages: ["postgres": "16.3", "redis": "7.2.5"],
        changes: [("15.2-alpine", "16.3-alpine"), ("redis:6", "redis:7.2.5")])

    private static let preCommit = ManifestFixture(
        file: ".pre-commit-config.yaml",
        text: """
            repos:
              - repo: https://github.com/psf/black
                rev: 23.1.0  # formatter
                hooks: [{id: black}]
              - repo: https://github.com/pre-commit/pre-commit-hooks.git
                rev: v4.0.0
                hooks:
                  - id: check-yaml

            """,
        packages: ["psf/black": "v24.4.2", "pre-commit-hooks": "4.6.0"],
        changes: [("23.1.0", "24.4.2"), ("v4.0.0", "v4.6.0")])

    private static let toolVersions = ManifestFixture(
        file: ".tool-versions",
        text: "# tools\npython 3.11.4 3.10.1\nnodejs  18.0.0 # lts\nterraform v1.5.0\n",
        packages: ["tool:python": "3.12.3", "nodejs": "20.14.0", "terraform": "1.8.0"],
        changes: [("python 3.11.4", "python 3.12.3"), ("18.0.0", "20.14.0"), ("v1.5.0", "v1.8.0")])
}
