/** One of each architecture; the others repeat more of the same, and their logits are PyTorch's too. */
export const architectures = [
  'resnet18',
  'resnet50',
  'vgg11_bn',
  'squeezenet1_1',
  'mobilenet_v2',
  'efficientnet_lite0',
];
