#include "launcher/keystore_command.h"

#include "launcher/console.h"
#include "launcher/exit_code.h"
#include "launcher/installation.h"
#include "launcher/keystore_edit.h"
#include "launcher/keystore_query.h"

namespace launcher {
namespace {

base::Result<int> run_verb(const KeystoreOptions& options, const KeystoreContext& context) {
  switch (*options.verb) {
    case KeystoreVerb::kCreate:
      return create_keystore(options, context);
    case KeystoreVerb::kList:
      return list_entries(options, context);
    case KeystoreVerb::kShow:
      return show_entries(options, context);
    case KeystoreVerb::kAdd:
      return add_entries(options, context);
    case KeystoreVerb::kAddFile:
      return add_files(options, context);
    case KeystoreVerb::kRemove:
      return remove_entries(options, context);
    case KeystoreVerb::kUpgrade:
      return upgrade_keystore(options, context);
    case KeystoreVerb::kPasswd:
      return change_passphrase(options, context);
    case KeystoreVerb::kHasPasswd:
      return has_passphrase(options, context);
    case KeystoreVerb::kApply:
      return apply_entries(options, context);
    case KeystoreVerb::kDiff:
      return diff_entries(options, context);
    case KeystoreVerb::kVerify:
      return verify_keystore(options, context);
  }
  return 0;
}

base::Result<KeystoreContext> observe_context(const std::string& invoked_as,
                                              const Environment& environment) {
  KeystoreContext context;
  BASE_TRY(context.home, find_home(invoked_as, environment));
  BASE_TRY(const Installation installation, read_installation(context.home));
  context.site.format = installation.facts->keystore_format;
  BASE_TRY(context.site.config_directory, find_config_directory(context.home, environment));
  context.credentials_directory = environment.get("CREDENTIALS_DIRECTORY");
  return context;
}

base::Result<int> run(std::span<const std::string> arguments, const std::string& invoked_as,
                      const Environment& environment) {
  BASE_TRY(const KeystoreOptions options, parse_keystore_options(arguments));
  if (options.help) {
    console::print_raw(keystore_help(options.verb));
    return 0;
  }
  BASE_TRY(const KeystoreContext context, observe_context(invoked_as, environment));
  return run_verb(options, context);
}

}  // namespace

int run_keystore_command(std::span<const std::string> arguments, const std::string& invoked_as,
                         const Environment& environment) {
  const auto done = run(arguments, invoked_as, environment);
  if (done.ok()) return done.value();
  console::report(done.error());
  return exit_code_of(done.error().kind);
}

}  // namespace launcher
