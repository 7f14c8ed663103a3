# Writes OUTPUT, a C++ file whose FUNCTION gives the files named in INPUTS (relative to ROOT) with their text.
#   cmake -DROOT=… -DINPUTS=a.toml,b.toml -DFUNCTION=shipped_products -DOUTPUT=….cpp -P embed.cmake
string(REPLACE "," ";" inputs "${INPUTS}")
set(code "// Written by policy/catalog/embed.cmake.\n#include \"policy/catalog/source.h\"\n\nnamespace policy {\n\n")
string(APPEND code "const std::vector<CatalogSource>& ${FUNCTION}() {\n  static const std::vector<CatalogSource> kSources = {\n")
foreach(input ${inputs})
  file(READ "${ROOT}/${input}" text)
  string(APPEND code "      {\"${input}\",\n       R\"catalog(${text})catalog\"},\n")
endforeach()
string(APPEND code "  };\n  return kSources;\n}\n\n}  // namespace policy\n")
file(WRITE "${OUTPUT}" "${code}")
