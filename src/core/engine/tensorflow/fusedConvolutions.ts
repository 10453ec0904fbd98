import type { TFEOpAttr, TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';

/** oneDNN's convolutions with bias and activation, which TensorFlow otherwise puts into graphs only. */
export const FUSED_CONV = '_MklNativeFusedConv2D';
export const FUSED_DEPTHWISE_CONV = '_MklNativeFusedDepthwiseConv2dNative';

/** What both take beside a convolution's attributes; `fused`: `BiasAdd` and maybe `Relu` or `Relu6`. */
export function fusedAttributes(
  binding: TFJSBinding,
  name: string,
  type: number,
  fused: readonly string[],
): TFEOpAttr[] {
  const { TF_ATTR_FLOAT, TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_TYPE } = binding;
  return [
    { name: 'num_args', type: TF_ATTR_INT, value: 1 },
    ...(name === FUSED_CONV ? [{ name: 'TArgs', type: TF_ATTR_TYPE, value: [type] }] : []),
    { name: 'fused_ops', type: TF_ATTR_STRING, value: [...fused] },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: 0 },
    // The label that these kernels are registered under.
    { name: '_kernel', type: TF_ATTR_STRING, value: 'MklNameChangeOp' },
  ];
}

/** Whether this build of TensorFlow has them, on this device, and the binding can call them: tried on one pixel. */
export function fusesConvolutions(binding: TFJSBinding): boolean {
  if (binding.isUsingGpuDevice()) return false;
  return [FUSED_CONV, FUSED_DEPTHWISE_CONV].every(name => {
    const ids = [[1, 1, 1, 1], [1, 1, 1, 1], [1]].map(shape =>
      binding.createTensor(shape, binding.TF_FLOAT, Float32Array.of(3)),
    );
    try {
      const [result] = binding.executeOp(
        name,
        [
          { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
          { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
          { name: 'padding', type: binding.TF_ATTR_STRING, value: 'VALID' },
          { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
          ...fusedAttributes(binding, name, binding.TF_FLOAT, ['BiasAdd', 'Relu6']),
        ],
        ids,
        1,
      );
      const [value] = binding.tensorDataSync(result!.id) as Float32Array;
      binding.deleteTensor(result!.id);
      return value === 6;
    } catch {
      return false;
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  });
}
