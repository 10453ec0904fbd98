import type { Operation } from '../../model/graph';
import { AttentionLayer } from './attention';
import { BatchNorm2dLayer } from './batchNorm2d';
import { Conv2dLayer } from './conv2d';
import { DropoutLayer } from './dropout';
import type { EngineLayer, LayerContext } from './engineLayer';
import { AddLayer, ConcatLayer, FlattenLayer, MultiplyLayer } from './joins';
import { LayerNormLayer } from './layerNorm';
import { LinearLayer } from './linear';
import { ParameterLayer } from './parameter';
import { AdaptiveAvgPool2dLayer, AvgPool2dLayer, MaxPool2dLayer } from './pooling';
import { RectifierLayer } from './rectifier';
import { SmoothActivationLayer } from './smoothActivation';
import { FirstTokenLayer, SameLayer, TokensLayer } from './tokens';

/** The engine's side of one operation of the graph. */
export function createLayer(operation: Operation, context: LayerContext): EngineLayer {
  switch (operation.type) {
    case 'Conv2d':
      return new Conv2dLayer(operation, context);
    case 'BatchNorm2d':
      return new BatchNorm2dLayer(operation, context);
    case 'Linear':
    case 'InProjection':
      return new LinearLayer(operation, context);
    case 'LayerNorm':
    case 'LayerNorm2d':
      return new LayerNormLayer(operation, context);
    case 'Parameter':
      return new ParameterLayer(operation, context);
    case 'Attention':
      return new AttentionLayer(operation);
    case 'Permute':
      return new SameLayer();
    case 'Tokens':
      return new TokensLayer();
    case 'FirstToken':
      return new FirstTokenLayer();
    case 'ReLU':
    case 'ReLU6':
      return new RectifierLayer(operation, context);
    case 'Hardswish':
    case 'Hardsigmoid':
    case 'SiLU':
    case 'Sigmoid':
    case 'GELU':
      return new SmoothActivationLayer(operation);
    case 'MaxPool2d':
      return new MaxPool2dLayer(operation, context);
    case 'AvgPool2d':
      return new AvgPool2dLayer(operation);
    case 'AdaptiveAvgPool2d':
      return new AdaptiveAvgPool2dLayer(operation);
    case 'Dropout':
      return new DropoutLayer(operation.p, false, context);
    case 'StochasticDepth':
      return new DropoutLayer(operation.p, true, context);
    case 'Add':
      return new AddLayer();
    case 'Concat':
      return new ConcatLayer();
    case 'Multiply':
      return new MultiplyLayer();
    case 'Flatten':
      return new FlattenLayer();
  }
}
