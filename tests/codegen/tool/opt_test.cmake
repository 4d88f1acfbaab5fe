# ingot-opt from the outside: passes, dumps, stages, exit codes.   cmake -DOPT=<ingot-opt> -DDIR=<scratch> -P opt_test.cmake
file(MAKE_DIRECTORY ${DIR})
set(text "graph \"g\" f32
input \"x\" f32 [4]
%0 = input : f32[B,4] \"x\"
%1 = relu %0 : f32[B,4] \"relu\"
%2 = relu %0 : f32[B,4] \"relu\"
%3 = add %1 %2 : f32[B,4] \"sum\"
result 0 %3 \"sum\"
end
")
file(WRITE ${DIR}/good.txt "${text}")
file(WRITE ${DIR}/bad.txt "graph \"g\" f32\n%0 = nothing : f32[1,1]\nend\n")

# expect(<exit code> <regular expression of the output> <arguments>...)
function(expect code pattern)
  execute_process(COMMAND ${OPT} ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT result STREQUAL code)
    message(FATAL_ERROR "ingot-opt ${ARGN}: exit code ${result}, expected ${code}\n${out}${err}")
  endif()
  if(NOT "${out}${err}" MATCHES "${pattern}")
    message(FATAL_ERROR "ingot-opt ${ARGN}: no '${pattern}' in\n${out}${err}")
  endif()
endfunction()

expect(0 "maximum %0 %1 : f32.B,4. \"relu\"\n%3 = add %2 %2" ${DIR}/good.txt)
expect(0 "%3 = add %1 %2" --no-passes ${DIR}/good.txt)
expect(0 "%2 = add %1 %1" --pass cse ${DIR}/good.txt)
expect(0 "# after decompose\n.*# after cse\n" --dump all ${DIR}/good.txt)
expect(0 "sum: [-0-9.]+" --stage interpret --batch 2 ${DIR}/good.txt)
expect(0 "launches 1 arena.*points, 4 to a thread.: input constant maximum add" --stage launches --device sm_90 ${DIR}/good.txt)
expect(0 ".target sm_80.*.entry ingot_gather_0" --stage ptx ${DIR}/good.txt)
expect(1 "unknown device 'sm_20'" --stage launches --device sm_20 ${DIR}/good.txt)
expect(0 "4 nodes" --stage statistics ${DIR}/good.txt)
expect(0 "fold_constants" --list)
expect(1 "line 2: expected the name of an op" ${DIR}/bad.txt)
expect(1 "there is no pass 'nonsense'" --pass nonsense ${DIR}/good.txt)
expect(1 "there is no stage 'nonsense'" --stage nonsense ${DIR}/good.txt)
expect(1 "cannot read" ${DIR}/absent.txt)
expect(2 "" --nonsense)
