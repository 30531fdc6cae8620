# hsm_fuzz(name SOURCES a_fuzz.cpp … DEPS hsm::http …): one fuzz target, an LLVMFuzzerTestOneInput, with its seeds in
# fuzz/corpus/<name>/. With HSM_FUZZ (preset "fuzz", clang) it is the libFuzzer program <name>_fuzz. Otherwise it is the
# test <name>_corpus, which runs every seed once under whatever compiler and sanitizers the build has, and fails if there
# are none.
function(hsm_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(HSM_FUZZ)
    set(target ${name}_fuzz)
    add_executable(${target} ${ARG_SOURCES})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    set(target ${name}_corpus)
    add_executable(${target} ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/fuzz/corpus_main.cpp)
    add_test(NAME ${target} COMMAND ${target} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
    set_tests_properties(${target} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
  target_link_libraries(${target} PRIVATE hsm_flags ${ARG_DEPS})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
endfunction()
