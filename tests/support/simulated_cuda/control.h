/* The simulated driver beyond what NVIDIA's has: a plan of faults and a report, for tests.
 *
 * A program that opens the library as FILE gets its plan from FILE.plan (fault_plan.hpp has the format), when that exists; the report is
 * then written to FILE.report when the last context is released. Tests in the same process use the functions below. */
#ifndef SIMULATED_CUDA_CONTROL_H
#define SIMULATED_CUDA_CONTROL_H

#ifdef __cplusplus
extern "C" {
#endif

/* Starts anew with this plan; all handles of before are void. */
void simulated_cuda_reset(const char* plan);
/* Lines "NAME VALUE": counts of launches, gemms, graphs and allocations, what is alive, and "wrong WHAT" for each misuse of the driver that
 * was seen. Valid until the next call. */
const char* simulated_cuda_report(void);
/* From now on the library of products has no algorithm for this epilogue (a cublasLtEpilogue_t); 0: for every one. */
void simulated_cuda_lack_epilogue(int epilogue);

#ifdef __cplusplus
}
#endif
#endif
