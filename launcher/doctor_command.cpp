#include "launcher/doctor_command.h"

#include <set>
#include <utility>

#include "launcher/command_request.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/disorders.h"
#include "launcher/node_repair.h"
#include "launcher/process_state.h"

namespace launcher {
namespace {

constexpr int kSound = 0;
constexpr int kFound = 1;
constexpr int kRepaired = 2;

constexpr const char* kHelp =
    "esboot doctor [--repair] [options of start]: look for a node that is half configured\n\n"
    "Says what is missing and what to do. --repair does it where it can, and keeps what was there\n"
    "in before-repair.* of the configuration directory. Run it as the owner of the directory, or\n"
    "as root.\n\n"
    "      --repair                do what can be done\n\n"
    "Exit code: 0 sound, 1 something is wrong, 2 all that was wrong is repaired.\n";

struct Diagnosis {
  std::string_view name;
  Ailment ailment;
};

std::vector<Diagnosis> diagnose(const NodeCondition& node) {
  std::vector<Diagnosis> all;
  for (const Disorder& disorder : disorders())
    for (Ailment& ailment : disorder.find(node)) all.push_back({disorder.name, std::move(ailment)});
  return all;
}

void print(const std::vector<Diagnosis>& all) {
  for (const Diagnosis& each : all) {
    console::print(std::string(each.name) + ": " + each.ailment.what);
    if (!each.ailment.hint.empty()) console::print("    " + each.ailment.hint);
  }
}

/// The first remedy that was not tried yet; kByHand: none.
Remedy next_remedy(const std::vector<Diagnosis>& all, const std::set<Remedy>& tried) {
  for (const Diagnosis& each : all)
    if (each.ailment.remedy != Remedy::kByHand && !tried.contains(each.ailment.remedy))
      return each.ailment.remedy;
  return Remedy::kByHand;
}

/// Repairs one thing after another, and looks again after each: one disorder hides another. Returns
/// what is left.
std::vector<Diagnosis> repair_all(const NodeSite& site, const Request& request,
                                  std::vector<Diagnosis> found) {
  std::set<Remedy> tried;
  bool backed_up = false;
  for (Remedy remedy = next_remedy(found, tried); remedy != Remedy::kByHand;
       remedy = next_remedy(found, tried)) {
    tried.insert(remedy);
    const NodeCondition node = examine(site, request);
    // A commit that was cut off is completed first: the backup is a commit too. Nor does a mode
    // change what a file says.
    if (!backed_up && remedy != Remedy::kFinishCommit && remedy != Remedy::kSetModes) {
      const auto backup = back_up(node);
      if (!backup) {
        console::report(backup.error());
        return found;
      }
      backed_up = true;
      console::note("what was there before is in " + site.config_directory + "/" + backup.value());
    }
    if (auto done = repair(remedy, node, request); !done) console::report(done.error());
    found = diagnose(examine(site, request));
  }
  return found;
}

base::Result<int> doctor(Request request, bool with_repair) {
  BASE_TRY(const NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  const NodeCondition node = examine(site, request);
  // So that it is asked for once.
  if (!node.keystore.passphrase.empty())
    request.secrets.keystore_password = node.keystore.passphrase.clone();
  const auto found = diagnose(node);
  print(found);
  if (found.empty()) {
    console::print("sound");
    return kSound;
  }
  if (!with_repair) return kFound;
  const auto left = repair_all(site, request, found);
  if (left.empty()) {
    console::print("repaired");
    return kRepaired;
  }
  console::print("still to be done:");
  print(left);
  return kFound;
}

}  // namespace

int run_doctor_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const CommandLine line = split_off_flags(arguments, {"--repair"});
  auto request = request_of(invoked_as, line.arguments);
  if (!request.ok()) return conclude(request.error());
  if (request.value().options.help) {
    console::print_raw(kHelp);
    return 0;
  }
  return conclude(doctor(std::move(request).value(), line.has("--repair")));
}

}  // namespace launcher
