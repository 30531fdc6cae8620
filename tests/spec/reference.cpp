#include "tests/spec/reference.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "tests/spec/markdown.h"

namespace hsm::spec {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

unsigned leading_number(std::string_view text) {
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// ---- admin-api.md §2.9: | call | data action | scope checked | evidence |

// "GET /keys, GET /deletedkeys/{n} ; PATCH" is a list: a verb stands until the next one, and so does a path.
std::vector<PublishedCall> calls_of(const std::string& cell) {
  static const std::set<std::string> kVerbs = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  std::vector<PublishedCall> calls;
  std::vector<std::string> verbs;
  bool verb_ended = true;
  for (const std::string& word : split(replaced(without_parentheses(cell), ",", " "), " ")) {
    if (kVerbs.contains(word)) {
      if (verb_ended) verbs.clear();
      verbs.push_back(word);
      verb_ended = false;
      continue;
    }
    if (word.empty() || word == "/" || word == ";" || word == "+") continue;
    verb_ended = true;
    for (const std::string& verb : verbs) calls.push_back({verb, word, {}, {}});
  }
  if (!verb_ended && !calls.empty()) calls.push_back({verbs.back(), calls.back().path, {}, {}});
  return calls;
}

// A key's version may be left out anywhere, and the role calls have a scope before them.
std::string plain_path(std::string path) {
  path = replaced(std::move(path), "…", "/keys/{n}");
  path = replaced(replaced(std::move(path), "[/{v}]", ""), "/{v}", "");
  path = to_lower(replaced(std::move(path), "{n}", "{name}"));
  if (path.starts_with("role")) return path.ends_with('s') ? path.substr(0, path.size() - 1) : path;
  return path.starts_with('/') ? path.substr(1) : path;
}

std::vector<std::string> actions_of(const std::string& cell) {
  std::vector<std::string> actions;
  for (const std::string& word : split(replaced(replaced(without_parentheses(cell), ";", " "), ", ", " "), " ")) {
    if (word.starts_with('/')) std::ranges::copy(expand(word), std::back_inserter(actions));
  }
  return actions;
}

std::string plain_scope(const std::string& text) {
  const std::string scope = without_parentheses(text);
  if (scope == "the assignment's scope") return "URL scope";
  if (scope == "/keys or key") return "key";
  return scope;
}

void read_calls(Published& published) {
  std::set<PublishedCall> calls;
  for (const Row& row : tables_under(read_reference("admin-api.md"), "### 2.9")) {
    if (row[1].contains('"')) continue;  // external keys: the full names are not known
    auto of_row = calls_of(row[0]);
    const auto actions = actions_of(row[1]);
    const auto scopes = split(row[2], ";");
    for (std::size_t i = 0; i < of_row.size(); ++i) {
      // One action a call, or one for all; two actions for more calls: the second is of the last call (settings).
      const bool last = i + 1 == of_row.size();
      const std::size_t action = actions.size() == of_row.size() ? i : actions.size() == 2 && last ? 1 : 0;
      of_row[i].path = plain_path(of_row[i].path);
      of_row[i].action = actions.at(action);
      of_row[i].scope = plain_scope(scopes.at(scopes.size() == of_row.size() ? i : 0));
      calls.insert(of_row[i]);
    }
  }
  published.calls.assign(calls.begin(), calls.end());
}

// ---- admin-api.md §2.6: | # | roleName | GUID | dataActions |

void read_roles(Published& published) {
  for (const Row& row : tables_under(read_reference("admin-api.md"), "### 2.6")) {
    if (row[2].contains("unconfirmed")) continue;
    published.roles.push_back({row[1], replaced(row[2], "*", ""), split(row[3], ",")});
  }
}

// ---- keys-api.md §4

// RS256/384/512 and A128GCM/A192GCM/A256GCM are three names; A*CBC, too.
std::vector<std::string> names_of(const std::string& cell) {
  std::vector<std::string> names;
  for (const std::string& span : code_spans(cell)) {
    const auto parts = split(span, "/");
    for (const std::string& part : parts) {
      const bool number_only = part.find_first_not_of("0123456789") == std::string::npos;
      const std::string name = number_only ? parts[0].substr(0, 2) + part : part;
      if (name.contains('*')) {
        for (const char* bits : {"128", "192", "256"}) names.push_back(replaced(name, "*", bits));
      } else {
        names.push_back(name);
      }
    }
  }
  return names;
}

std::set<std::string> operations_of(const std::string& cell) {
  std::set<std::string> operations;
  for (const std::string& word : split(cell, ",")) {
    operations.insert(word == "wrap" ? "wrapKey" : word == "unwrap" ? "unwrapKey" : word);
  }
  return operations;
}

unsigned bits_of_oct(const std::string& name, const std::string& rule) {
  return rule == "must match" ? leading_number(std::string_view(name).substr(1)) : 0;
}

void read_algorithms(Published& published) {
  const std::string text = read_reference("keys-api.md");
  auto& all = published.algorithms;
  for (const Row& row : tables_under(text, "### 4.1")) {
    for (const auto& name : names_of(row[0]))
      all.push_back({name, "RSA", "", 0, 0, {"encrypt", "decrypt", "wrapKey", "unwrapKey"}});
  }
  for (const Row& row : tables_under(text, "### 4.2")) {
    const auto lengths = split(row[1], "/");
    const auto names = names_of(row[0]);
    for (std::size_t i = 0; i < names.size(); ++i)
      all.push_back({names[i], "RSA", "", 0, leading_number(lengths.at(i)), {"sign", "verify"}});
  }
  for (const Row& row : tables_under(text, "### 4.3")) {
    for (const auto& name : names_of(row[0]))
      all.push_back({name, "EC", row[1], 0, leading_number(row[2]), {"sign", "verify"}});
  }
  for (const Row& row : tables_under(text, "### 4.4")) {
    for (const auto& name : names_of(row[0]))
      all.push_back({name, "oct", "", bits_of_oct(name, row[2]), 0, operations_of(row[1])});
  }
  std::ranges::sort(all);
}

// ---- keys-api.md §5.2: | HTTP | code | … and admin-api.md §1.4: | status | code | …

void read_errors(Published& published) {
  std::set<PublishedError> errors;
  const auto read = [&errors](const char* file, const char* heading) {
    for (const Row& row : tables_under(read_reference(file), heading)) {
      const auto codes = code_spans(row[1]);
      if (!codes.empty()) errors.insert({codes.front(), static_cast<int>(leading_number(row[0]))});
    }
  };
  read("keys-api.md", "### 5.2");
  read("admin-api.md", "### 1.4");
  published.errors.assign(errors.begin(), errors.end());
}

// ---- audit-metrics-limits.md §1.4: | operation | operationName | mark |

void read_audit_names(Published& published) {
  for (const Row& row : tables_under(read_reference("audit-metrics-limits.md"), "### 1.4")) {
    for (const std::string& name : split(row[1], "/")) {
      if (!name.empty() && name.find_first_of(" ,") == std::string::npos) published.audit_names.insert(name);
    }
  }
}

}  // namespace

const Published& from_reference() {
  static const Published kPublished = [] {
    Published published;
    read_calls(published);
    read_roles(published);
    read_algorithms(published);
    read_errors(published);
    read_audit_names(published);
    return published;
  }();
  return kPublished;
}

}  // namespace hsm::spec
