#include "CDocs.h"

// The pages lie in docs/; a test holds this list against that directory.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define PAGE(symbol) static const unsigned char symbol[]

PAGE(page_agent) = {
#embed "../../docs/agent.md"
};
PAGE(page_architecture) = {
#embed "../../docs/architecture.md"
};
PAGE(page_check) = {
#embed "../../docs/check.md"
};
PAGE(page_commands) = {
#embed "../../docs/commands.md"
};
PAGE(page_contract) = {
#embed "../../docs/contract.md"
};
PAGE(page_console) = {
#embed "../../docs/console.md"
};
PAGE(page_control_plane) = {
#embed "../../docs/control-plane.md"
};
PAGE(page_delivery) = {
#embed "../../docs/delivery.md"
};
PAGE(page_diagnostics) = {
#embed "../../docs/diagnostics.md"
};
PAGE(page_executors) = {
#embed "../../docs/executors.md"
};
PAGE(page_fence) = {
#embed "../../docs/fence.md"
};
PAGE(page_formats) = {
#embed "../../docs/formats.md"
};
PAGE(page_getting_started) = {
#embed "../../docs/getting-started.md"
};
PAGE(page_glossary) = {
#embed "../../docs/glossary.md"
};
PAGE(page_hooks) = {
#embed "../../docs/hooks.md"
};
PAGE(page_invariants) = {
#embed "../../docs/invariants.md"
};
PAGE(page_journal) = {
#embed "../../docs/journal.md"
};
PAGE(page_kubernetes) = {
#embed "../../docs/kubernetes.md"
};
PAGE(page_monitoring) = {
#embed "../../docs/monitoring.md"
};
PAGE(page_operations) = {
#embed "../../docs/operations.md"
};
PAGE(page_performance) = {
#embed "../../docs/performance.md"
};
PAGE(page_plugins) = {
#embed "../../docs/plugins.md"
};
PAGE(page_postgresql) = {
#embed "../../docs/postgresql.md"
};
PAGE(page_report) = {
#embed "../../docs/report.md"
};
PAGE(page_rules) = {
#embed "../../docs/rules.md"
};
PAGE(page_scheduler) = {
#embed "../../docs/scheduler.md"
};
PAGE(page_scripting) = {
#embed "../../docs/scripting.md"
};
PAGE(page_security) = {
#embed "../../docs/security.md"
};
PAGE(page_targets) = {
#embed "../../docs/targets.md"
};
PAGE(page_workspaces) = {
#embed "../../docs/workspaces.md"
};
PAGE(page_readme) = {
#embed "../../docs/README.md"
};
PAGE(page_comparison) = {
#embed "../../docs/comparison.md"
};
PAGE(page_cookbook) = {
#embed "../../docs/cookbook.md"
};
PAGE(page_installing) = {
#embed "../../docs/installing.md"
};
PAGE(page_quick_start) = {
#embed "../../docs/quick-start.md"
};
PAGE(page_releasing) = {
#embed "../../docs/releasing.md"
};
PAGE(page_troubleshooting) = {
#embed "../../docs/troubleshooting.md"
};
PAGE(page_upgrading) = {
#embed "../../docs/upgrading.md"
};

static const struct docs_page pages[] = {
    {"agent", page_agent, sizeof page_agent},
    {"architecture", page_architecture, sizeof page_architecture},
    {"check", page_check, sizeof page_check},
    {"commands", page_commands, sizeof page_commands},
    {"contract", page_contract, sizeof page_contract},
    {"console", page_console, sizeof page_console},
    {"control-plane", page_control_plane, sizeof page_control_plane},
    {"delivery", page_delivery, sizeof page_delivery},
    {"diagnostics", page_diagnostics, sizeof page_diagnostics},
    {"executors", page_executors, sizeof page_executors},
    {"fence", page_fence, sizeof page_fence},
    {"formats", page_formats, sizeof page_formats},
    {"getting-started", page_getting_started, sizeof page_getting_started},
    {"glossary", page_glossary, sizeof page_glossary},
    {"hooks", page_hooks, sizeof page_hooks},
    {"invariants", page_invariants, sizeof page_invariants},
    {"journal", page_journal, sizeof page_journal},
    {"kubernetes", page_kubernetes, sizeof page_kubernetes},
    {"monitoring", page_monitoring, sizeof page_monitoring},
    {"operations", page_operations, sizeof page_operations},
    {"performance", page_performance, sizeof page_performance},
    {"plugins", page_plugins, sizeof page_plugins},
    {"postgresql", page_postgresql, sizeof page_postgresql},
    {"report", page_report, sizeof page_report},
    {"rules", page_rules, sizeof page_rules},
    {"scheduler", page_scheduler, sizeof page_scheduler},
    {"scripting", page_scripting, sizeof page_scripting},
    {"security", page_security, sizeof page_security},
    {"targets", page_targets, sizeof page_targets},
    {"workspaces", page_workspaces, sizeof page_workspaces},
    {"README", page_readme, sizeof page_readme},
    {"comparison", page_comparison, sizeof page_comparison},
    {"cookbook", page_cookbook, sizeof page_cookbook},
    {"installing", page_installing, sizeof page_installing},
    {"quick-start", page_quick_start, sizeof page_quick_start},
    {"releasing", page_releasing, sizeof page_releasing},
    {"troubleshooting", page_troubleshooting, sizeof page_troubleshooting},
    {"upgrading", page_upgrading, sizeof page_upgrading},
};

const struct docs_page *docs_page_at(size_t index) {
    return index < sizeof pages / sizeof pages[0] ? &pages[index] : NULL;
}
