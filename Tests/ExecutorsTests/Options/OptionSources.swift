/// Programs written for these tests in the manner of ten real ones, with the tables that their own help shows.
struct OptionSource {
    let name: String
    let path: String
    let text: String
    /// `names | help`, a row a line.
    let table: [String]

    static let all = [
        formatter, downloader, server, tasks, search, lister, provider, chart, bundler, runner,
    ]

    /// argparse with groups, constants, concatenation, hidden options and a class of its own.
    private static let formatter = OptionSource(
        name: "a formatter in the manner of isort, argparse", path: "pkg/main.py",
        text: #"""
            """Sorts what is imported."""
            import argparse
            from gettext import gettext as _
            from selenium import webdriver

            DEFAULT_LENGTH = 79
            CONFIG_NAMES = ".sortrc" + " or pyproject.toml"
            VERSION = f"{get_version()}"


            class _Parser(argparse.ArgumentParser):
                pass


            def build(defaults: dict) -> argparse.ArgumentParser:
                parser = _Parser(prog="sorter", description="x")  # add_argument("--not-this")
                general = parser.add_argument_group("general")
                general.add_argument(
                    "-h", "--help", action="help", default=argparse.SUPPRESS,
                    help=_("Show this help message and exit.")
                )
                general.add_argument("--version", action="store_true", help="Shows the version of %(prog)s.")
                target = parser.add_argument_group("target")
                target.add_argument(
                    "-s",
                    "--skip",
                    help="Files that are passed over. "
                    "To skip several, give it "
                    'more than once.',
                    dest="skip",
                    action="append",
                )
                target.add_argument("--settings", help=f"The file with settings ({CONFIG_NAMES}).")
                target.add_argument("--length", type=int, default=79, help="Columns (default: %(default)s), 100%% of them")
                target.add_argument("--color", default=detect(), help="Colour (default: %(default)s)")
                target.add_argument("--old", help=argparse.SUPPRESS)
                target.add_argument("--built", help="Built with %s" % VERSION)
                exclusive = parser.add_mutually_exclusive_group()
                exclusive.add_argument("-q", "--quiet", action="store_true", help=("Say less" + " than usual."))
                parser.add_argument("files", nargs="*", help="Files to sort.")
                options = webdriver.ChromeOptions()
                options.add_argument("--headless")
                return parser


            def more(self, defaults):
                self.parser = argparse.ArgumentParser()
                self.parser.add_argument("-j", "--jobs", help="""How many
                    at once.""")
                text = 'parser.add_argument("--in-a-text")'
            """#,
        table: [
            "-h, --help | Show this help message and exit.", "--version | Shows the version of sorter.",
            "-s, --skip | Files that are passed over. To skip several, give it more than once.",
            "--settings | The file with settings (.sortrc or pyproject.toml).",
            "--length | Columns (default: 79), 100% of them", "--color | ", "--built | ",
            "-q, --quiet | Say less than usual.", "-j, --jobs | How many at once.",
        ])

    /// argparse in functions that are handed a parser, and optparse beside it.
    private static let downloader = OptionSource(
        name: "a downloader in the manner of older tools, optparse and a Django command", path: "tools/fetch.py",
        text: #"""
            import optparse
            from django.core.management.base import BaseCommand, CommandParser


            def parse(argv):
                kw = {}
                parser = optparse.OptionParser(**kw)
                network = optparse.OptionGroup(parser, 'Network')
                network.add_option('--proxy', dest='proxy', default=None, metavar='URL',
                                   help='Use this proxy. Give an empty string (--proxy "") for none')
                network.add_option('--secret', help=optparse.SUPPRESS_HELP)
                parser.add_option_group(network)
                parser.add_option('-r', '--rate-limit', help='At most so many bytes a second (e.g. 50K)')


            class Command(BaseCommand):
                def add_arguments(self, parser: CommandParser):
                    parser.add_argument("name")
                    parser.add_argument("--dry-run", action="store_true", help=r"Nothing is written to C:\data")

                def other(self, sink: Sink):
                    sink.add_argument("--no-parser-at-all")
            """#,
        table: [
            "--proxy | Use this proxy. Give an empty string (--proxy \"\") for none",
            "-r, --rate-limit | At most so many bytes a second (e.g. 50K)",
            "--dry-run | Nothing is written to C:\\data",
        ])

    /// click with flags that turn off, names in constants and shared decorators.
    private static let server = OptionSource(
        name: "a server in the manner of flask and uvicorn, click", path: "srv/cli.py",
        text: #"""
            import click as c
            from click import option

            LEVELS = ["a", "b"]
            HELP = "Level of the log."

            shared = c.option("--shared", help="Used in two commands.")


            @c.group()
            @c.option("--host", "-h", default="127.0.0.1", help="The interface to bind to.", show_default=True)
            @option("--reload/--no-reload", "-r/-R", default=None, help="Whether to load " "anew.")
            @c.option("--level", "log_level", type=c.Choice(LEVELS), help=HELP)
            @c.option("--debug", is_flag=True, hidden=True, help="For those who write it.")
            @c.option("--workers", help=f"{count()} are usual.")
            @c.option(name_of("x"), help="Nobody knows its name.")
            @c.argument("app", envvar="APP")
            @shared
            def main(host, reload, log_level, debug, workers, app):
                """Runs it: `@c.option("--in-a-docstring")`."""
                # @c.option("--in-a-comment")


            @other.option("--of-another-library", help="x")
            def more(): ...
            """#,
        table: [
            "--shared | Used in two commands.", "--host, -h | The interface to bind to.",
            "--reload, -r / --no-reload, -R | Whether to load anew.", "--level | Level of the log.",
            "--workers | ",
        ])

    /// typer, in both of its forms and with parameters that are options without saying so.
    private static let tasks = OptionSource(
        name: "a list of tasks in the manner of typer's own examples", path: "todo/app.py",
        text: #"""
            from typing import Annotated, List, Optional
            import typer

            app = typer.Typer()


            @app.command("add")
            def add(
                description: Annotated[List[str], typer.Argument(help="What is to be done.")],
                priority: Annotated[int, typer.Option("--priority", "-p", min=1, help="How urgent it is.")] = 2,
                db_path: str = typer.Option(str(DEFAULT), "--db-path", "-db", prompt="where?"),
                all_lists: Annotated[Optional[bool], typer.Option(help="On every list.")] = None,
                force: bool = typer.Option(False, "--force/--no-force", help="Do not ask."),
                hidden: bool = typer.Option(False, hidden=True),
                dry_run: bool = False,
                limit: int = 10,
                ctx: typer.Context = None,
            ) -> None:
                helper(limit=3)


            def helper(level: int = 0, *, name: str = "x"):
                ...


            @app.callback()
            def main(version: Optional[bool] = typer.Option(None, "--version", "-v", help="Show the version and exit.",
                                                            callback=show, is_eager=True)):
                return
            """#,
        table: [
            "--priority, -p | How urgent it is.", "--db-path, -db | ",
            "--all-lists / --no-all-lists | On every list.",
            "--force / --no-force | Do not ask.", "--dry-run / --no-dry-run | ", "--limit | ",
            "--version, -v | Show the version and exit.",
        ])

    /// clap's derive, with its documentation.
    private static let search = OptionSource(
        name: "a search in the manner of Rust's newer tools, clap's derive", path: "src/cli.rs",
        text: #"""
            //! Looks for lines.
            use clap::{Args, Parser, ValueEnum};

            const BREAK: &str = "Breaks lines\
                                 \x20after words.";

            /// Looks for lines.
            #[derive(Parser, Debug)]
            #[command(name = "look", version, about)]
            pub struct Cli {
                /// The pattern.
                pattern: String,

                /// Says more.
                /// And more.
                ///
                /// This is for `--help` alone.
                #[arg(short, long, action = clap::ArgAction::Count)]
                verbose: u8,

                // A comment is no documentation.
                #[arg(short = 'C', long = "context", value_name = "NUM", default_value_t = 0)]
                pub(crate) lines: usize,

                #[arg(long, help = "Never colours", conflicts_with_all = ["color", "ansi"])]
                no_color: bool,
                #[arg(long, help = BREAK)]
                r#break: bool,
                /// For tests...
                #[arg(long, hide = true)]
                internal: bool,
                #[command(flatten)]
                more: More,
                #[arg(long = name!())]
                unknown: bool,
            }

            #[derive(Args)]
            #[clap(rename_all = "snake_case")]
            struct More {
                /** A block is not read. */
                #[clap(long)]
                #[serde(default)]
                max_depth: Option<usize>,
            }

            #[derive(clap::Subcommand)]
            enum Command {
                /// Adds files.
                Add {
                    /// Without asking.
                    #[arg(short, long)]
                    force: bool,
                },
            }

            #[derive(Debug)]
            struct NotOfClap { #[arg(long)] other: bool }
            """#,
        table: [
            "-v, --verbose | Says more. And more", "-C, --context | ", "--no-color | Never colours",
            "--break | Breaks lines after words.", "--max_depth | ", "-f, --force | Without asking",
        ])

    /// clap's builder.
    private static let lister = OptionSource(
        name: "a lister in the manner of fd and exa, clap's builder", path: "src/app.rs",
        text: #"""
            use clap::{arg, Arg, ArgAction, Command};

            pub fn build() -> Command {
                let text = "Arg::new(\"x\").long(\"in-a-text\")";
                Command::new("list")
                    .arg(
                        Arg::new("hidden")
                            .long("hidden")
                            .short('H')
                            .overrides_with("hidden")
                            .help("Shows hidden files")
                            .long_help("Shows them. At length."),
                    )
                    .arg(Arg::new("path").help("Where"))
                    .arg(Arg::with_name("depth").short("d").long("--max-depth").help(concat!("How ", "deep")))
                    .arg(Arg::new("secret").long("secret").hide(true))
                    .arg(Arg::new("type").short('t').long("type").help(help_of_types()))
                    .arg(arg!(-c --"color-when" <WHEN> "When to colour").required(false))
                    .arg(arg!(--"no-ignore" "Shows what is ignored"))
                    .arg(arg!(eight: -e --eight-bit))
                    .arg(arg!([FILE] "A file"))
                    /* .arg(Arg::new("x").long("in-a-comment")) */
            }
            """#,
        table: [
            "-H, --hidden | Shows hidden files", "-d, --max-depth | How deep", "-t, --type | ",
            "-c, --color-when | When to colour", "--no-ignore | Shows what is ignored", "-e, --eight-bit | ",
        ])

    /// Go's own package.
    private static let provider = OptionSource(
        name: "a server in the manner of Prometheus' exporters, Go's flag", path: "cmd/main.go",
        text: #"""
            // Command export shows numbers.
            package main

            import (
            	"errors"
            	stdflag "flag"
            	"fmt"
            )

            const (
            	defaultPort = 9100
            	portUsage   = "Port to " + "listen on"
            )

            func main() {
            	port := stdflag.Int("port", defaultPort, portUsage)
            	var path string
            	stdflag.StringVar(&path, "web.path", "/metrics", "Serve below `path`, not elsewhere")
            	stdflag.Duration("timeout", 3*time.Second, fmt.Sprintf("at most %d", limit))
            	fs := stdflag.NewFlagSet("sub", stdflag.ExitOnError)
            	verbose := fs.Bool("v", false, "say \"more\"")
            	fs.Func("only", "what alone is shown", func(s string) error { return errors.New("x, y") })
            	fs.Var(&list{a: 1, b: 2}, "label", `a label,
            		may be given again`)
            	name := "other"
            	stdflag.String(name, "", "its name is not said")
            	// stdflag.Bool("in-a-comment", false, "")
            	log.String("not", "a", "flag")
            	fs = somethingElse()
            	fs.Bool("of-what", false, "is not known")
            }

            func register(set *stdflag.FlagSet) { set.Uint64("size", 1, "in bytes") }
            """#,
        table: [
            "-port | Port to listen on", "-web.path | Serve below path, not elsewhere", "-timeout | ",
            "-v | say \"more\"", "-only | what alone is shown", "-label | a label, may be given again",
            "-size | in bytes",
        ])

    /// cobra with pflag.
    private static let chart = OptionSource(
        name: "a command of a cluster in the manner of helm and kubectl, cobra", path: "cmd/install.go",
        text: #"""
            package cmd

            import (
            	"github.com/spf13/cobra"
            	"github.com/spf13/pflag"
            )

            const outputFlag = "output"

            func newCommand(out io.Writer) *cobra.Command {
            	cmd := &cobra.Command{Use: "install", RunE: func(_ *cobra.Command, args []string) error { return nil }}
            	f := cmd.Flags()
            	f.BoolVar(&o.create, "create-namespace", false, "create the namespace if there is none")
            	f.StringSliceVarP(&o.files, "values", "f", []string{"a", "b"}, "values in a YAML file (can be given again)")
            	f.VarP(&o.format, outputFlag, "o", "prints in this format. Allowed: "+
            		"table, json")
            	cmd.PersistentFlags().CountVarP(&o.level, "verbose", "v", "say more")
            	cmd.Flags().StringP("name", "", "", usageOf("name"))
            	f.Bool("internal", false, "for tests")
            	_ = f.MarkHidden("internal")
            	f.DurationVar(&o.wait, "wait-for", 5*time.Minute, "old")
            	f.MarkDeprecated("wait-for", "use --timeout")
            	addFlags(f)
            	return cmd
            }

            func addFlags(fs *pflag.FlagSet) {
            	fs.IPP("bind", "b", nil, "address")
            	pflag.CommandLine.Int32("qps", 5, "requests a second")
            }
            """#,
        table: [
            "--create-namespace | create the namespace if there is none",
            "-f, --values | values in a YAML file (can be given again)",
            "-o, --output | prints in this format. Allowed: table, json", "-v, --verbose | say more", "--name | ",
            "-b, --bind | address", "--qps | requests a second",
        ])

    /// commander.
    private static let bundler = OptionSource(
        name: "a bundler in the manner of vue-cli, commander", path: "bin/pack.js",
        text: #"""
            #!/usr/bin/env node
            import { Command, Option } from 'commander';

            const DEFAULT = 'dist';
            const program = new Command();
            // program.option('--in-a-comment', 'x')
            const pattern = /\.option\('--in-a-pattern'/;

            program
              .name('pack')
              .option('-d, --dest <dir>', `where to write (default: ${DEFAULT})`)
              .option('-w, --watch', 'build ' +
                'again after changes')
              .requiredOption('-c, --config [file]', "the project's file", parse(1, 2))
              .option('--mode <mode>', `one of ${modes.join()}`)
              .option('-s, --' + suffix, 'nobody knows its name')
              .addOption(new Option('-p, --port <n>', 'port').env('PORT').default(80))
              .addOption(new Option('--token <t>').hideHelp())
              .option('--no-sourcemap')
              .action((opts) => store.option('colour', 'red'));
            """#,
        table: [
            "-d, --dest <dir> | where to write (default: dist)", "-w, --watch | build again after changes",
            "-c, --config [file] | the project's file", "--mode <mode> | ", "-p, --port <n> | port",
            "--no-sourcemap | ",
        ])

    /// yargs, in its newer and its older form.
    private static let runner = OptionSource(
        name: "a runner of tests in the manner of mocha, yargs", path: "lib/cli.ts",
        text: #"""
            import type { Argv } from "yargs";
            const yargs = require('yargs/yargs');

            export const builder = (y: Argv) =>
              y
                .option("grep", {
                  alias: ["g", "match"],
                  describe: "Only tests that match",
                  requiresArg: true,
                })
                .options({
                  "dry-run": { description: 'Says what would ' + 'run', type: "boolean" },
                  retries: { alias: 'r', desc: `Again, ${n} times`, default: 0 },
                  internal: { hidden: true, describe: "for tests" },
                })
                .option('file', { ...shared, describe: "Load first" })
                .positional("spec", { describe: "Files" });

            yargs(process.argv).alias('t', 'timeout').describe('t', 'Milliseconds').alias("h", "help").hide('x').describe('x', 'y')
              .parse();
            """#,
        table: [
            "-g, --grep, --match | Only tests that match", "--dry-run | Says what would run", "-r, --retries | ",
            "--file | Load first", "-t, --timeout | Milliseconds",
        ])
}
